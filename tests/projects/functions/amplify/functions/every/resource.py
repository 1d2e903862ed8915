from preamp import define_function

every = define_function(
    name="every thing",
    entry="tick.ts",
    timeout_seconds=30,
    schedule=[
        "every 5m",
        "every 2h",
        "every day",
        "every week",
        "every month",
        "every year",
        {"rate": "every 10m", "timezone": "America/New_York", "description": "eastern"},
    ],
    logging={"retention": "1 day"},
)
weekly = define_function(
    name="weekly-report",
    entry="weekly_report.ts",
    schedule="every week",
    logging={"format": "text"},
)
