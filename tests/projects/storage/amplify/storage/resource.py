from preamp import define_function, define_storage

from ..functions.thumbs.resource import thumbs

media = define_storage(
    name="media",
    is_default=True,
    versioned=True,
    access=lambda allow: {
        "public/*": [
            allow.guest.to(["read"]),
            allow.authenticated.to(["read", "write", "delete"]),
            allow.groups(["admin", "auditors"]).to(["get", "list"]),
        ],
        "protected/{entity_id}/*": [
            allow.authenticated.to(["read"]),
            allow.entity("identity").to(["read", "write", "delete"]),
        ],
        "reports/*": [allow.groups(["admin"]).to(["read", "write", "delete"])],
        "reports/audit/*": [allow.groups(["auditors"]).to(["get", "list", "write"])],
        "thumbs/*": [allow.resource(thumbs).to(["read", "write"]), allow.guest.to(["get"])],
    },
    triggers={
        "on_upload": define_function(
            entry="../functions/on_upload/handler.ts",
            name="on-upload",
            resource_group_name="storage",
        ),
        "on_delete": define_function(
            entry="../functions/on_delete/handler.ts",
            name="on-delete",
            resource_group_name="storage",
        ),
    },
)
archive = define_storage(
    name="archive bucket",
    keep_on_delete=True,
    access=lambda allow: {
        "index/*": [allow.authenticated.to(["list"])],
        "archive/{entity_id}/*": [allow.entity("identity").to(["write"])],
    },
)
scratch = define_storage(name="scratch")
