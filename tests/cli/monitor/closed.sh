# Closed standard files: nothing that is opened takes their place, so that the chip isn't read as a keyboard.
board --chip esp32c3 --factory --chatty
"$ESPFLASH" -q monitor --boot-loop 0 --until 'No bootable app' <&- >out
echo "status $?, $(grep -c rst: out)"
again
"$ESPFLASH" -q monitor --timeout 5 --boot-loop 0 >&- 2>log
echo "status $?"
cut -c 1-60 log
