# The flash is blank where the partition table should be.
board --chip esp32c3
"$ESPFLASH" -q erase-parts nvs
