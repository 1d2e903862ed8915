"""The backend of the notifications example."""
