# The ESP32 has no security information. The program prints espflash's line about that.
board --chip esp32
"$ESPFLASH" board-info
