from preamp import define_function, define_storage

noter = define_function(name="noter", entry="noter.py", resource_group_name="storage")

files = define_storage(
    name="files",
    is_default=True,
    access=lambda allow: {
        "public/*": [allow.guest.to(["read"]), allow.authenticated.to(["read"])],
        "private/{entity_id}/*": [
            allow.entity("identity").to(["read", "write", "delete"]),
            allow.resource(noter).to(["get"]),
        ],
        "admin/*": [allow.groups(["ADMINS"]).to(["read", "write", "delete"])],
    },
    triggers={"on_upload": noter, "on_delete": noter},
)

shelf = define_storage(
    name="shelf",
    versioned=True,
    access=lambda allow: {
        "books/*": [
            allow.authenticated.to(["read"]),
            allow.groups(["ADMINS"]).to(["read", "write"]),
        ],
        "books/rare/*": [allow.groups(["ADMINS"]).to(["read"])],
    },
)
