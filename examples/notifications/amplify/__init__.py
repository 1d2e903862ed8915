"""The backend of this project; its definition is backend.py."""
