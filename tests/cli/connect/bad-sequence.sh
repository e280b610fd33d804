# A sequence with an error in it is refused before the chip is touched.
board --chip esp32
"$ESPFLASH" -q board-info --reset-sequence 'D0|R2'
