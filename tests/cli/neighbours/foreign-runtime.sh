# XDG_RUNTIME_DIR is another user's, as su leaves it: the socket of the monitor is not put there,
# where that user could move its folder away. In a folder of our own it is.
if [ "$(id -u)" != 0 ]; then
	echo 'only root can act as another user' >&3
	exit 77
fi
echo "Hello from the chip" >boot.txt
board --chip esp32c3 --boot-text boot.txt
sockets() { # OWNER
	mkdir runtime
	chown "$1" runtime
	XDG_RUNTIME_DIR="$PWD/runtime" "$ESPFLASH" -q monitor --timeout 20 --until never >monitor.log 2>&1 &
	monitor=$!
	await Hello monitor.log
	find runtime -type s | wc -l
	find runtime -user 0 | grep -v '^runtime$' | sed 's/[0-9a-f]*\.sock/SOCKET/'
	kill $monitor
	wait $monitor
	again
	rm -r runtime monitor.log
}
sockets 12345
sockets 0
