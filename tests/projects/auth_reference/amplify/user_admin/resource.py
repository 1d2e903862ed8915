from preamp import define_function

user_admin = define_function(name="user-admin")
