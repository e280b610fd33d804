# Text and JSON both report a flipped byte. A file that is not an image is reported as such.
cp "$(corpus bootloader/idf-esp32c3.bin)" b.bin
printf '\377\376' | dd of=b.bin bs=1 seek=5000 conv=notrunc 2>/dev/null
"$ESPFLASH" image-info b.bin >out
echo $?
grep WRONG out
echo no image >n.bin
"$ESPFLASH" image-info n.bin
