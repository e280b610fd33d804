# espflash's own hardware test expects this digest of 0x100 erased bytes.
board --chip esp32c3
"$ESPFLASH" -q checksum-md5 0x1000 0x100 && again && "$ESPFLASH" -q checksum-md5 --no-stub 0x1000 0x100 &&
	again && "$ESPFLASH" -q checksum-md5 --json 0x1000 256
