# The output file is the input ELF under another name.
cp "$(corpus elf/esp-esp32c3.elf)" app.elf
ln -s app.elf link
"$ESPFLASH" save-image --chip esp32c3 app.elf link
status=$?
cmp app.elf "$(corpus elf/esp-esp32c3.elf)" || echo changed
exit $status
