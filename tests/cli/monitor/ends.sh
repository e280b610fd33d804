# Each way to end the monitor has its own status and line on stderr. A log processor prints the
# lines that the board can't.
board --chip esp32c3 --factory --chatty
try() {
	echo "$*:"
	"$ESPFLASH" -q monitor --non-interactive "$@" >out
	echo "status $?"
	[ "$1" = --timeout ] && [ "$2" = 1 ] || sed -n '/meta\|Reboot\|more\|SPI_FAST/p' out | tr -d '\r'
	again
}
printf '%s\n' 'Guru Meditation Error: Core  0 panic' 'PC      : 0x4' Rebooting... more >crash
try --until '^rst:0x[0-9a-f]+ '
try --fail 'SPI_FAST' --until nothing
try --timeout 1 --boot-loop 0
try --on-panic exit --boot-loop 3
try --timeout 20 --processors 'cat crash -'
try --on-panic continue --until more --processors 'cat crash -'
try --processors false
