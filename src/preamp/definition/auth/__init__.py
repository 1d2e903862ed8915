"""`define_auth` and `reference_auth`: who can sign in to a backend, and how."""
