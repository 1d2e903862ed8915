from preamp import define_backend

define_backend()
