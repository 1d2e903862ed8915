"""Functions that bring their own runtime."""
