# Options can select a port by its listed properties.
board --chip esp32c3
fake_ports usb,jtag,noisy
for port in serial=0001 vid:pid=10C4:ea60 vid:pid=0x1A86:7523; do
	again
	"$FAKE" -q board-info --port "$port" | head -1
done
for port in serial=0002 location=1-2.3 vid:pid=10c4; do
	"$FAKE" -q board-info --port "$port"
done
fake_ports none
"$FAKE" -q board-info --port serial=1
