# Which words are numbers, and the error for those that are not.
counted 1024
board --chip esp32c3 --flash flash.bin
for size in 1K 0b1_000 0o20 0x1_0; do
	again
	"$ESPFLASH" -q read-flash 4096 $size out.bin >/dev/null && wc -c <out.bin
done
unset ESPFLASH_PORT
for args in '-1 16' '4294967296 16' '0x1OOO 16' '0 -1' '0 1KB' '0 4096M' '0 0K'; do
	# shellcheck disable=SC2086
	"$ESPFLASH" read-flash $args out.bin
done
