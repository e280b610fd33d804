every_command frame socket
