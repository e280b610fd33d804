# Output of the app proves that it runs.
board --chip esp32c3 --factory --flash flash.bin
"$ESPFLASH" -q flash --after no-reset "$(corpus elf/esp-esp32c3.elf)" >/dev/null 2>&1
for how in hard-reset watchdog-reset; do
	again
	"$ESPFLASH" run --after $how 2>err
	echo $?
	tail -1 err
done
again
"$ESPFLASH" -q run --json
