# Lengths and offsets of espflash's own hardware tests, and odd ones, with and without the stub.
counted 1024
board --chip esp32c3 --flash flash.bin
for how in '' --no-stub; do
	for range in '0 2' '0 5' '0x1000 10' '0x1003 26' '0xffd 200'; do
		# shellcheck disable=SC2086
		"$ESPFLASH" -q read-flash $how $range out.bin >/dev/null || echo failed
		again
		set -- $range
		dd if=flash.bin bs=1 skip=$(($1)) count="$2" 2>/dev/null | cmp - out.bin && echo "$how $range: $(wc -c <out.bin)"
	done
done
