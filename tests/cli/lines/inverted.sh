# Lines behind inverters: every command that moves them obeys --invert-dtr and --invert-rts.
board --chip esp32c3 --factory --circuit inverted
yes='--invert-dtr --invert-rts'
for how in '' "$yes"; do
	patience=60
	[ "$how" ] || patience=2 # no start will be seen
	echo "inverted: ${how:-no}"
	# shellcheck disable=SC2086
	"$ESPFLASH" -q monitor $how --non-interactive --until 'entry 0x' --boot-loop 0 --timeout $patience >out 2>&1
	echo "monitor: status $?"
	again
	# shellcheck disable=SC2086
	"$ESPFLASH" -q reset $how
	echo "reset: status $?"
	again
	# shellcheck disable=SC2086
	"$ESPFLASH" -q monitor --no-reset $yes --non-interactive --until 'entry 0x' --boot-loop 0 --timeout 60 >out 2>&1
	echo "the app restarts by itself: status $?"
	again
done
