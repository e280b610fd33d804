# Where flash encryption is on, flash may hold a file's encrypted form. verify-flash says that it is
# not known, unless flash is erased or partly plain there; what is read is said to be ciphertext.
seq 2000 | head -c 5000 >plain
seq 5000 6000 | head -c 4096 >cipher
seq 3000 4000 | head -c 4096 >other
head -c 4096 plain >part
for chip in esp32 esp32c3; do
	tr '\0' '\377' </dev/zero | head -c 4194304 >flash.bin
	dd if=cipher of=flash.bin bs=4096 seek=16 conv=notrunc 2>/dev/null
	dd if=part of=flash.bin bs=4096 seek=32 conv=notrunc 2>/dev/null
	board --chip $chip --flash flash.bin --encryption development
	for words in '0x20000 part' '0x10000 other' '0x30000 other' '0x20000 plain' '0x20010 other'; do
		# shellcheck disable=SC2086
		"$ESPFLASH" -q verify-flash $words
		echo "$chip $words: $?"
		again
	done
	"$ESPFLASH" verify-flash --json 0x10000 other 2>/dev/null | tr -d ' \n\t' | grep -o '"is_same":[a-z]*\|"code":"[A-Z]*"'
	again
	"$ESPFLASH" read-flash 0x10000 64 - 2>&1 >/dev/null | grep -o 'flash encryption.*'
	again
	"$ESPFLASH" checksum-md5 0x10000 64 2>&1 >/dev/null | grep -o 'flash encryption.*'
	kill "$(cat board.pid)"
	await 'client gone' board.log
	rm -f board.url
done
