# The program refuses a reset sequence with an error before it touches the chip.
board --chip esp32
"$ESPFLASH" -q board-info --reset-sequence 'D0|R2'
