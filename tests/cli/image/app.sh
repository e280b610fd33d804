# The digest is that of espflash's own image (corpus/app-images.json).
"$ESPFLASH" save-image --chip esp32c3 "$(corpus elf/esp-esp32c3.elf)" app.bin && digest app.bin
