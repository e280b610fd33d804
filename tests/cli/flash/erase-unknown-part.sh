# An unknown partition is an error before the port is opened.
"$ESPFLASH" flash --port /nowhere --erase-parts nsv "$(corpus elf/esp-esp32c3.elf)"
