# dump-mem reads any address and length. The ESP32's magic word is at 0x40001000 (00f01d83).
board --chip esp32
for how in '' --no-stub; do
	for range in '0x40001000 4' '0x40001001 2' '0x40000ffe 8' '0x40000c00 2000'; do
		# shellcheck disable=SC2086
		"$ESPFLASH" -q dump-mem $how $range out.bin && again
		echo "$how $range: $(wc -c <out.bin) bytes, magic at $(od -An -v -tx1 -w1 out.bin | grep -n '83\|f0' | head -1 | tr -d ' ')"
	done
done
"$ESPFLASH" dump-mem 0x40001000 1024 out.bin && ls
