# If one file can't be written, nothing is written.
tr '\0' 'U' </dev/zero | dd of=flash.bin bs=65536 count=64 iflag=fullblock 2>/dev/null
erased a.bin 5000
"$ESPFLASH" write-bin -p /nowhere 0x10000
"$ESPFLASH" write-bin -p /nowhere 0x10000 missing.bin
board --chip esp32c3 --flash flash.bin
"$ESPFLASH" -q write-bin 0x10000 a.bin 0x11000 a.bin >/dev/null
again
"$ESPFLASH" -q write-bin 0x10000 a.bin 0x3ff000 a.bin >/dev/null
again
"$ESPFLASH" -q write-bin 0x10000 a.bin noname a.bin >/dev/null
touched 0 1024
