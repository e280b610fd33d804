"$ESPFLASH" board-info --json --port /dev/nowhere
