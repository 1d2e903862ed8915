from preamp import define_storage

storage = define_storage(
    name="files",
    access=lambda allow: {
        "public/*": [allow.guest.to(["read"]), allow.authenticated.to(["read", "write"])],
        "admin/*": [allow.groups(["ADMINS"]).to(["read", "write", "delete"])],
        "private/{entity_id}/*": [allow.entity("identity").to(["read", "write", "delete"])],
    },
)
