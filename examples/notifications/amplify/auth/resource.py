"""How people sign in."""

from preamp import define_auth

auth = define_auth(login_with={"email": True})
