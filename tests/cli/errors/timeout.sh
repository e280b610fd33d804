board --chip esp32c3 --circuit no-rx
"$ESPFLASH" board-info
