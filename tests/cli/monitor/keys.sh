# On a terminal: the keys are told, and every way out leaves the terminal as it was.
board --chip esp32c3 --factory --chatty
leave() {
	again
	echo "$*:"
	keys 24x80 "$@" -- "$ESPFLASH" monitor --boot-loop 0
}
leave 'rst:0x' '\x03'
tr -d '\r' <terminal | grep -a -A4 Commands:
leave 'rst:0x' '\x1d'
leave 'rst:0x' '\x14x'
leave 'rst:0x' '\x12' 'chip is reset' '\x03'
leave 'rst:0x' '^SIZE=10x20' 'rst:0x' '\x03'
for signal in ^TERM ^HUP ^QUIT ^INT; do
	leave 'rst:0x' $signal
done
# also a fault of our own; a sanitizer would keep it for itself
for signal in ^USR2 ^BUS; do
	ASAN_OPTIONS="${ASAN_OPTIONS-}:handle_sigbus=0" leave 'rst:0x' $signal
done
