"""What `define_storage` becomes: a bucket, its policies and its triggers."""
