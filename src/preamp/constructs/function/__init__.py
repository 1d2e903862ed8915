"""What `define_function` becomes."""
