every_command sync socket
