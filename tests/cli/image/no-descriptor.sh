# The ELF has no app descriptor, since its names and its magic word are changed. The program refuses
# it, and accepts it with --ignore_app_descriptor. With the magic word it finds the descriptor.
elf=$(corpus elf/esp-esp32c3.elf)
LC_ALL=C sed -e 's/esp_app_desc/esp_app_none/g' -e 's/[.]rodata_desc/.rodata_none/g' "$elf" >named.elf
LC_ALL=C sed -e 's/\x32\x54\xcd\xab/none/g' named.elf >app.elf
"$ESPFLASH" save-image --chip esp32c3 app.elf a.bin
echo $?
"$ESPFLASH" -q save-image --chip esp32c3 --ignore_app_descriptor app.elf a.bin
"$ESPFLASH" -q save-image --chip esp32c3 named.elf a.bin
