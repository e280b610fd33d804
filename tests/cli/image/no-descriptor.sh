# The ELF has no app descriptor, since its names are changed. The program refuses it, and accepts it
# with --ignore_app_descriptor.
elf=$(corpus elf/esp-esp32c3.elf)
LC_ALL=C sed -e 's/esp_app_desc/esp_app_none/g' -e 's/[.]rodata_desc/.rodata_none/g' "$elf" >app.elf
"$ESPFLASH" save-image --chip esp32c3 app.elf a.bin
echo $?
"$ESPFLASH" -q save-image --chip esp32c3 --ignore_app_descriptor app.elf a.bin
