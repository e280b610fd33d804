# Write in the middle of sectors, across their borders, and two files in one sector. All other bytes
# keep their value.
counted 1024
cp flash.bin want.bin
put() {
	dd if="$2" of=want.bin bs=1 seek=$(($1)) conv=notrunc 2>/dev/null
}
printf 'one' >1.bin
printf 'two, longer' >2.bin
seq 1 3000 >3.bin
for how in '' --no-stub; do
	board --chip esp32c3 --flash flash.bin
	put 0x20123 1.bin && put 0x20ffa 2.bin && put 0x30001 3.bin && put 0x3ffffd 1.bin && put 0x20100 1.bin
	# shellcheck disable=SC2086
	"$ESPFLASH" -q write-bin $how 0x30001 3.bin 0x20ffa 2.bin 0x20123 1.bin 0x3ffffd 1.bin 0x20100 1.bin >/dev/null &&
		cmp flash.bin want.bin && echo "right $how"
	kill "$(cat board.pid)"
	rm board.url
	counted 1024
done
