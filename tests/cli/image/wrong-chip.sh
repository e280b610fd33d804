"$ESPFLASH" save-image --chip esp32 "$(corpus elf/esp-esp32c3.elf)" app.bin
ret=$?
[ ! -e app.bin ] && exit $ret
