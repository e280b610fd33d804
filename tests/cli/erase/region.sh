# The sector after the region keeps its content.
tr '\0' 'U' </dev/zero | dd of=flash.bin bs=65536 count=64 iflag=fullblock 2>/dev/null
board --chip esp32c3 --flash flash.bin
"$ESPFLASH" erase-region 0x1000 0x1000 && touched 0 1 && touched 1 1 && touched 2 1022 &&
	again && "$ESPFLASH" -q erase-region --no-stub 0x3ff_000 4096 && touched 1022 1 && touched 1023 1
again
"$ESPFLASH" -q erase-region 0x3ff000 0x2000
