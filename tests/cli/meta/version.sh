# A run without a command that does no work; -V after a command too.
"$ESPFLASH" --version && "$ESPFLASH" flash -V
