from preamp import define_function, secret

all_options = define_function(
    name="all-options",
    entry="main.ts",
    timeout_seconds=60,
    memory_mb=1024,
    ephemeral_storage_size_mb=2048,
    runtime=24,
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
