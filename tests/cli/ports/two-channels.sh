# On a bridge with two channels (ESP-Prog) the program uses the UART, and calls the other channel
# JTAG.
board --chip esp32c3
fake_ports ftdi-a,ftdi-b
"$FAKE" list-ports
[ "$("$FAKE" list-ports --json | grep -c '"location":	"1-2.3:1')" = 2 ] || exit 77 # no such linker
for port in '' serial=FT1 vid:pid=0403:6010 location=1-2.3 location=1-2.3:1.0 /dev/ttyUSB4; do
	again
	echo "${port:-no port named}:"
	"$FAKE" flash-id ${port:+--port "$port"} --non-interactive 2>err | tail -1
	grep -e WARN -e 'port:' err
done
# With another board the user chooses from two ports, not three.
fake_ports ftdi-a,ftdi-b,usb
"$FAKE" flash-id --non-interactive
