from preamp import define_function

durable = define_function(
    runtime=22,
    durable_config={"execution_timeout_seconds": 86400, "retention_period_days": 7},
    schedule="every day",
)
