"""What `define_data` is told: models, their rules, and how the API is reached."""
