"$ESPFLASH" board-info --port /dev/null --before no-reset-no-sync
