# If one file can't be written, nothing is written.
tr '\0' 'U' </dev/zero | dd of=flash.bin bs=65536 count=64 iflag=fullblock 2>/dev/null
erased a.bin 5000
"$ESPFLASH" write-bin -p /nowhere 0x10000
"$ESPFLASH" write-bin -p /nowhere 0x10000 missing.bin
# places that are known without the board are compared before the port is opened
"$ESPFLASH" write-bin -p /nowhere 0x10000 a.bin 0x11000 a.bin
echo 'nvs, data, nvs, 0x9000, 0x6000' >table.csv
echo 'app, app, factory, 0x10000, 1M' >>table.csv
"$ESPFLASH" write-bin -p /nowhere --partition-table table.csv 0xf000 a.bin app a.bin 0x11387 a.bin
"$ESPFLASH" write-bin -p /nowhere --encrypt-files 0x11000 a.bin -- 0x10000 a.bin
"$ESPFLASH" verify-flash -p /nowhere 0x10000 a.bin 0x10001 a.bin
board --chip esp32c3 --flash flash.bin
"$ESPFLASH" -q write-bin 0x10000 a.bin 0x3ff000 a.bin >/dev/null
again
"$ESPFLASH" -q write-bin 0x10000 a.bin noname a.bin >/dev/null
touched 0 1024
