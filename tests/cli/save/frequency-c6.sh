# esptool gives 80 MHz of the ESP32-C6 the code of 40 MHz, and so do files that are saved or
# flashed as they are. The digest is that of what esptool 5.3.1 made of the same file:
# esptool --chip esp32c6 merge-bin -ff 80m -fm qout -o out 0 c6.bin
"$ESPFLASH" -q save-image --chip esp32c6 "$SRC/tests/golden/image/esp32c6.elf" c6.bin >/dev/null
"$ESPFLASH" -q save-image -f 80mhz -m qout 0 c6.bin out >/dev/null 2>&1 && digest out
