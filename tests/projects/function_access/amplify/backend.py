from preamp import define_backend, secret

from .auth.resource import auth
from .data.resource import data
from .functions.mailer.resource import mailer
from .functions.say_hello.resource import say_hello, say_inline
from .functions.worker.resource import worker
from .storage.resource import storage

backend = define_backend(
    auth=auth,
    data=data,
    storage=storage,
    mailer=mailer,
    worker=worker,
    sayHello=say_hello,
    sayInline=say_inline,
)

backend[say_hello].add_environment("TOKEN", secret("HELLO_TOKEN"))
backend[say_hello].add_environment("MODE", "test")
