every_command sync-drip socket
