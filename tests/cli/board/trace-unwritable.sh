board --chip esp32c3
"$ESPFLASH" -q --trace nowhere/log board-info
