every_command stale socket
