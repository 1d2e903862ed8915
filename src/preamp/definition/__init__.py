"""What the user said: inert descriptions, checked where they are written.

Standard library only; what it becomes in the CDK is decided elsewhere.
"""
