from preamp import define_function

plain = define_function()
