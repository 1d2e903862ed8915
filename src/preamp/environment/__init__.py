"""A backend in an account at AWS: a branch of an app, or one that stands alone."""
