# The ROM loader has no command that erases the whole flash. The program erases ranges, up to the
# size that it detects or the user gives.
tr '\0' 'U' </dev/zero | dd of=flash.bin bs=65536 count=64 iflag=fullblock 2>/dev/null
board --chip esp32 --flash flash.bin
"$ESPFLASH" -q erase-flash --no-stub --flash-size 2mb && touched 0 512 && touched 512 512 &&
	again && "$ESPFLASH" -q erase-flash --no-stub && touched 0 1024
