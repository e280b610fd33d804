every_command sync-failed socket
