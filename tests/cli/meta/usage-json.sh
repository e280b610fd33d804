"$ESPFLASH" board-info --json --bad
