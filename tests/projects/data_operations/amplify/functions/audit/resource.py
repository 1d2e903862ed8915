from preamp import define_function

audit = define_function(name="audit", entry="handler.ts", resource_group_name="data")
