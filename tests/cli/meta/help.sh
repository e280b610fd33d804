"$ESPFLASH" help
