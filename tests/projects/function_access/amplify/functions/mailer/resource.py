from preamp import define_function

mailer = define_function(name="mailer", entry="handler.ts", resource_group_name="auth")
