from preamp import define_function

worker = define_function(name="worker", entry="handler.ts", timeout_seconds=20)
