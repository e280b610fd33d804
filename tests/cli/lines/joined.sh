# TX and RX touch, and the chip hears: its answers among our own bytes are no cut wire.
board --chip esp32 --factory --join-data
"$ESPFLASH" -q board-info --json >out 2>err
echo "status $?"
grep -o '"verdict":[^,]*' out
again
"$ESPFLASH" doctor >out 2>err
echo "doctor: status $?"
grep -c 'espflash-c doctor' out err || true
