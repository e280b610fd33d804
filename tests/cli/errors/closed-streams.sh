# Closed standard streams: what belongs there must not go to the file or over the wire, whose
# descriptors would have taken their numbers, and its loss is an error.
elf=$(corpus elf/esp-esp32c3.elf)
"$ESPFLASH" -q save-image --chip esp32c3 "$elf" want.bin >/dev/null
"$ESPFLASH" save-image --chip esp32c3 "$elf" app.bin <&- >&- 2>&-
echo "$?"
cmp app.bin want.bin
board --chip esp32c3 --factory
"$ESPFLASH" board-info >&- 2>&-
echo "$?"
