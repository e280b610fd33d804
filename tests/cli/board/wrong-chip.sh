board --chip esp32
"$ESPFLASH" board-info --chip esp32c3
