# Names that are not there yet and differ in case alone are one file in a folder of FAT or NTFS.
cp "$SRC/tools/sample/sample-esp32c3.elf" app.elf
"$ESPFLASH" save-image --chip esp32c3 app.elf OUT.bin --log-file out.BIN
echo "$?"
"$ESPFLASH" save-image --chip esp32c3 app.elf out.bin --log-file l.LOG --trace L.log
echo "$?"
ls
# what is there has its own inode, so its name does not matter
: >log
"$ESPFLASH" -q save-image --chip esp32c3 app.elf LOG --log-file log >said && ls
