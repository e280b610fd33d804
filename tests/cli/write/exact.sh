# A misaligned file is an error before the port is opened.
printf 'hello' >a.bin
erased b.bin 8192
"$ESPFLASH" write-bin -p /nowhere --exact 0x10000 a.bin
"$ESPFLASH" write-bin -p /nowhere --exact 0x10010 b.bin
board --chip esp32c3 --flash flash.bin
"$ESPFLASH" -q write-bin --exact 0x10000 b.bin && echo written
