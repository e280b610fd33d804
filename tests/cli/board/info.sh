board --chip esp32c3
"$ESPFLASH" board-info
