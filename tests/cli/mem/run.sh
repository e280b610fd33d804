# Start the app by the lines; without lines by the ESP32's ROM or by a watchdog; and on a chip that
# offers neither. With empty flash no app runs, and the program reports that.
for args in 'esp32 rfc2217 hard-reset' 'esp32c3 rfc2217 hard-reset' 'esp32 socket hard-reset' \
	'esp32c3 socket hard-reset' 'esp32c6 socket hard-reset' 'esp32c6 rfc2217 no-reset' 'esp32c3 rfc2217 watchdog-reset'; do
	# shellcheck disable=SC2086
	set -- $args
	board --chip "$1" --listen "$2://127.0.0.1:0"
	"$ESPFLASH" run --after "$3"
	status=$?
	again
	echo "$args: $status, left the loader: $(grep -c 'left the loader' board.log)"
	kill "$(cat board.pid)"
	rm -f board.url
done
