from preamp import define_function

db_backup = define_function(
    name="db-backup",
    schedule=[
        "0 9 ? * 2 *",
        "*/15 0-6 1,15 * ?",
        {"cron": "30 4 * * ?", "timezone": "Europe/Paris", "description": "nightly"},
    ],
)
