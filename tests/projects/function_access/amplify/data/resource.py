from preamp import define_data
from preamp.data import Model, allow, handler, mutation, query, schema

from ..functions.say_hello.resource import say_hello, say_inline
from ..functions.worker.resource import worker


class Todo(Model):
    content: str | None
    done: bool | None = False


@query(handler=handler.function(say_hello))
def greet(name: str) -> str | None: ...


@mutation(handler=handler.function("shouter"))
def shout(text: str | None) -> str | None: ...


data = define_data(
    schema=schema(
        [Todo, greet, shout],
        authorization=[
            allow.authenticated(),
            allow.resource(worker),
            allow.resource(say_inline).to(["query", "listen"]),
        ],
    ),
    functions={"shouter": say_inline},
)
