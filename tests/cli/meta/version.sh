# -V works without a command, and after one.
"$ESPFLASH" --version && "$ESPFLASH" flash -V
