from preamp import define_function

slow = define_function(name="slow", entry="handler.ts", timeout_seconds=900)
