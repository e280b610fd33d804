# The ROM has no command for it: it is told the size, or finds it, and erases ranges.
tr '\0' 'U' </dev/zero | dd of=flash.bin bs=65536 count=64 iflag=fullblock 2>/dev/null
board --chip esp32 --flash flash.bin
"$ESPFLASH" -q erase-flash --no-stub --flash-size 2mb && touched 0 512 && touched 512 512 &&
	again && "$ESPFLASH" -q erase-flash --no-stub && touched 0 1024
