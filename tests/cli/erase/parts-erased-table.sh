# Where the table should be there is nothing.
board --chip esp32c3
"$ESPFLASH" -q erase-parts nvs
