# A chip that prints at another rate: the monitor says which one gives text, and only then.
listen() {
	rm -f board.url
	board "$@"
	"$ESPFLASH" monitor --non-interactive --timeout 7 --boot-loop 0 2>err >/dev/null
	echo "$*: $(grep -ac 'WARN' err)"
	sed -n 's/.*WARN ] //p' err
	kill "$(cat board.pid)"
	exec 9<&-
}
listen --chip esp32c2 --xtal 26 --factory
listen --chip esp32c3 --app-rate 921600 --chatty
listen --chip esp32c3 --chatty
# noise at the reset is over soon
listen --chip esp32 --rom-rate 74880 --app-rate 115200 --chatty
