# One object a line, the last one says how it ended.
board --chip esp32c3 --factory --chatty
"$ESPFLASH" -q monitor --non-interactive --json --fail SPI_FAST >out
echo "status $?"
sed 's/"time":[0-9.]*/"time":T/' out
