# ALL means up to the end of the flash. K and M have the same meaning as in a partition table.
tr '\0' 'U' </dev/zero | dd of=flash.bin bs=65536 count=64 iflag=fullblock 2>/dev/null
board --chip esp32c3 --flash flash.bin
"$ESPFLASH" -q erase-region 0x3fe000 ALL && touched 0 1022 && touched 1022 2
again
"$ESPFLASH" -q erase-region --no-stub 0 64K && touched 0 16 && touched 16 1
"$ESPFLASH" erase-region 0x1001 ALL
again
"$ESPFLASH" -q erase-region 0x400000 ALL
# The flash size that the user gives has precedence.
again
"$ESPFLASH" -q erase-region --flash-size 1MB 0xff000 ALL && touched 255 1 && touched 256 1
