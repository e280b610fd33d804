# Nobody can reset this board from here, so nothing is risked.
board --chip esp32c3 --quiet --circuit none-download --fault max-rate=250000
unset ESPFLASH_BAUD
"$ESPFLASH" board-info >out 2>&1 || cat out
grep -o 'Rate: .*' out
