from preamp import define_storage

from ..functions.say_hello.resource import say_hello
from ..functions.worker.resource import worker

storage = define_storage(
    name="reports",
    access=lambda allow: {
        "in/*": [
            allow.resource(worker).to(["read", "delete"]),
            allow.resource(say_hello).to(["list"]),
        ],
        "out/*": [allow.resource(worker).to(["write"]), allow.authenticated.to(["get"])],
        "staff/*": [allow.groups(["STAFF"]).to(["read", "write"])],
    },
)
