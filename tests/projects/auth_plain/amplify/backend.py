from preamp import define_auth, define_backend

backend = define_backend(auth=define_auth(login_with={"email": True}))
