# MD5 alone: a file that is in flash is not read back, with the stub (d2) or without it (0e).
printf 'the same' >a.bin
cp a.bin flash.bin
truncate -s 4M flash.bin
board --chip esp32c3 --flash flash.bin
"$ESPFLASH" -q --trace log verify-flash 0 a.bin && again &&
	"$ESPFLASH" -q --trace log2 verify-flash --no-stub 0 a.bin
cat log log2 | grep -c '^> c00013'
cat log log2 | grep -c -e '^> c000d2' -e '^> c0000e' || true
