"$ESPFLASH" board-info --port socket://
