# Closed standard files: nothing that is opened takes their place, so that the chip isn't read as a keyboard.
board --chip esp32c3 --factory --chatty
"$ESPFLASH" -q monitor --boot-loop 0 --until 'No bootable app' <&- >out
echo "status $?, $(grep -c rst: out)"
again
"$ESPFLASH" -q monitor --timeout 5 --boot-loop 0 >&- 2>log
echo "status $?"
cut -c 1-60 log
# A reader that leaves while the chip says nothing more.
printf 'once\n' >text
again
for json in '' --json; do
	{
		"$ESPFLASH" -q monitor --non-interactive --boot-loop 0 --timeout 30 $json --processors 'f() { cat text; exec sleep 30; }; f'
		echo "status $?" >&2
	} 2>log | head -n 1 | grep -o once
	cat log
	again
done
