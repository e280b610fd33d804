# ALL from an address means up to the end of the flash. An address past the end is an error.
counted 1024
board --chip esp32c3 --flash flash.bin
"$ESPFLASH" -q read-flash 0x3ff000 ALL out.bin >/dev/null && tail -c 4096 flash.bin | cmp - out.bin && echo same
again
"$ESPFLASH" -q read-flash 0x3ff000 0x1001 other.bin >/dev/null
echo $?
ls other.bin* 2>/dev/null
