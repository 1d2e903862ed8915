from preamp import define_function

echo = define_function(entry="handler.ts")
