from preamp import define_backend

from .auth.resource import auth
from .data.resource import data

define_backend(auth=auth, data=data)
