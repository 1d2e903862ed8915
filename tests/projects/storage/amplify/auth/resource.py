from preamp import define_auth

auth = define_auth(login_with={"phone": True}, groups=["admin", "auditors"])
