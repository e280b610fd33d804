for chip in esp32 esp32s2 esp32s3 esp32c6 esp32c61; do
	"$ESPFLASH" -q save-image --chip $chip "$(corpus elf/esp-$chip.elf)" app.bin >/dev/null
	digest app.bin
done
