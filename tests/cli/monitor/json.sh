# One object a line, the last one says how it ended.
board --chip esp32c3 --factory --chatty
"$ESPFLASH" -q monitor --non-interactive --json --fail SPI_FAST >out
echo "status $?"
sed 's/"time":[0-9.]*/"time":T/' out
again
# A reader that has seen enough is the end, and no error; output that can't be written is one.
{ "$ESPFLASH" -q monitor --non-interactive --json --boot-loop 0; echo "status $?" >&2; } | head -1 | cut -c 1-40
again
"$ESPFLASH" -q monitor --non-interactive --json --boot-loop 0 >/dev/full
echo "status $?"
