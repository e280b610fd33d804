every_command text socket
