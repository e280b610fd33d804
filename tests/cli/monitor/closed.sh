# If standard streams are closed, the port must not get one of their descriptors, or the monitor
# would read the chip as a keyboard.
board --chip esp32c3 --factory --chatty
"$ESPFLASH" -q monitor --boot-loop 0 --until 'No bootable app' <&- >out
echo "status $?, $(grep -c rst: out)"
again
"$ESPFLASH" -q monitor --timeout 60 --boot-loop 0 >&- 2>log
echo "status $?"
cut -c 1-60 log
# The reader leaves while the chip is silent.
printf 'once\n' >text
again
for json in '' --json; do
	{
		"$ESPFLASH" -q monitor --non-interactive --boot-loop 0 --timeout 60 $json --processors 'f() { cat text; exec sleep 30; }; f'
		echo "status $?" >&2
	} 2>log | head -n 1 | grep -o once
	cat log
	again
done
