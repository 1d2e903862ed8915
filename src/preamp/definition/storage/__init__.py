"""What `define_storage` is told: a bucket, and who may do what with its files."""
