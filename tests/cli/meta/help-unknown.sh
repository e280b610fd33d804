"$ESPFLASH" help flush
