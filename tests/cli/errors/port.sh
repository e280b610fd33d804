"$ESPFLASH" board-info --port /dev/nowhere
