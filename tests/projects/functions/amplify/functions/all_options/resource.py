from preamp import define_function, secret

all_options = define_function(
    name="all-options",
    entry="main.py",
    timeout_seconds=60,
    memory_mb=1024,
    ephemeral_storage_size_mb=2048,
    runtime=3.14,
    architecture="arm64",
    environment={
        "PLAIN": "value",
        "API_KEY": secret("MY_API_KEY"),
        "OTHER_KEY": secret("OTHER_KEY"),
    },
    bundling={"minify": False},
    logging={"format": "json", "level": "warn", "retention": "2 weeks"},
    resource_group_name="jobs",
)
