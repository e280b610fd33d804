# The monitor prints one object a line. The last one says how it ended.
board --chip esp32c3 --factory --chatty
"$ESPFLASH" -q monitor --non-interactive --json --fail SPI_FAST >out
echo "status $?"
sed 's/"time":[0-9.]*/"time":T/' out
again
# A reader that leaves ends the monitor without an error. Output that can't be written is an error.
{ "$ESPFLASH" -q monitor --non-interactive --json --boot-loop 0; echo "status $?" >&2; } | head -1 | cut -c 1-40
again
"$ESPFLASH" -q monitor --non-interactive --json --boot-loop 0 >/dev/full
echo "status $?"
