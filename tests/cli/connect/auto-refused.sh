# A bridge that refuses rates above 250000 baud.
board --chip esp32 --quiet --bridge-max 250000
unset ESPFLASH_BAUD
"$ESPFLASH" board-info >out 2>&1 || cat out
grep -o 'Rate: .*' out
