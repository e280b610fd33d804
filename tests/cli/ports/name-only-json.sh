"$ESPFLASH" list-ports --json -n
