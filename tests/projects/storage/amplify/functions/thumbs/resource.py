from preamp import define_function

thumbs = define_function(name="thumbs", entry="handler.ts", resource_group_name="storage")
