# A stub that an earlier run left running answers every question that board-info asks.
board --chip esp32c3 --factory --flash flash.bin
"$ESPFLASH" flash-id --after no-reset-no-stub >/dev/null 2>&1
for command in board-info flash-id read-mac; do
	again
	"$ESPFLASH" "$command" --before no-reset-no-sync --chip esp32c3 --after no-reset-no-stub 2>err
done
again
"$ESPFLASH" read-flash --before no-reset-no-sync --chip esp32c3 0x3ffff0 ALL end.bin >/dev/null 2>&1
wc -c <end.bin
# if no stub listens, the program reports that
again
"$ESPFLASH" board-info --before no-reset-no-sync --chip esp32c3 2>err
grep -v 'INFO ]' err
