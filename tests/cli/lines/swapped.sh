# The wires of DTR and RTS are swapped. The program connects, and its last reset works.
board --chip esp32c3 --factory --chatty --swap-lines
"$ESPFLASH" read-mac >out 2>err
echo "read-mac: status $?"
grep -c 'inverts DTR and RTS, or their wires are swapped' err
again
# the application answers no SYNC: the chip is out of its loader
"$ESPFLASH" -q read-mac --before no-reset --connect-timeout 1 >out 2>&1
echo "without a reset: status $?"
