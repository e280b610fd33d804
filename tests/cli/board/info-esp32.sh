# No security information on this chip; espflash says so in a line.
board --chip esp32
"$ESPFLASH" board-info
