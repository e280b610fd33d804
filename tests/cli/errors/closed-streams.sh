# If a standard stream is closed, a file or the port could get its descriptor. Output for that
# stream must not go there, and its loss is an error.
elf=$(corpus elf/esp-esp32c3.elf)
"$ESPFLASH" -q save-image --chip esp32c3 "$elf" want.bin >/dev/null
"$ESPFLASH" save-image --chip esp32c3 "$elf" app.bin <&- >&- 2>&-
echo "$?"
cmp app.bin want.bin
board --chip esp32c3 --factory
"$ESPFLASH" board-info >&- 2>&-
echo "$?"
