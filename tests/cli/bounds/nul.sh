every_command nul socket
