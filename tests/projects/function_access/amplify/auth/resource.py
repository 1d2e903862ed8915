from preamp import define_auth

from ..functions.mailer.resource import mailer
from ..functions.say_hello.resource import say_hello
from ..functions.worker.resource import worker

auth = define_auth(
    login_with={"email": True, "phone": True},
    groups=["STAFF"],
    senders={"email": {"handler": mailer}, "sms": {"handler": mailer}},
    access=lambda allow: [
        allow.resource(worker).to(["manageUsers", "manageGroupMembership", "listUsers"]),
        allow.resource(say_hello).to(
            [
                "manageGroups",
                "manageUserDevices",
                "managePasswordRecovery",
                "manageProviderForUser",
            ]
        ),
        allow.resource(mailer).to(["getUser"]),
    ],
)
