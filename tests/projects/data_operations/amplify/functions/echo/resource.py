from preamp import define_function

echo = define_function(name="echo", entry="handler.ts")
