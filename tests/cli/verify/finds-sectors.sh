# MD5s of sectors tell what differs. Of 4 MiB only the sectors that differ are read, and at most 16
# of them, wherever they are. (The status, the message, and how many stretches were read.)
head -c 4128768 /dev/zero | tr '\0' 'U' >same.bin # 1008 sectors
patch() { # SECTOR OFFSET
	printf 'x' | dd of=file.bin bs=1 seek=$(($1 * 4096 + $2)) conv=notrunc 2>/dev/null
}
compare() {
	"$ESPFLASH" -vv verify-flash --baud 921600 0x10000 file.bin >out 2>err
	echo "$*: $?"
	grep -o 'differs from the flash in.*\|are the same' err out | sed 's/^[a-z]*://'
	grep -c '> READ_FLASH' err
	again
}
head -c 4194304 /dev/zero | tr '\0' 'U' >flash.bin
board --chip esp32c3 --flash flash.bin
cp same.bin file.bin
compare same
patch 0 0
compare first byte
cp same.bin file.bin
patch 1007 4095
compare last byte
patch 15 4095
patch 16 0
patch 500 7
compare four bytes in three places
cp same.bin file.bin
for i in 0 2 4 6 8 10 12 14 16 18 20 22 24 26 28 1000; do
	patch $i 9
done
compare sixteen sectors
patch 1001 9
compare seventeen sectors
tr 'U' 'V' <same.bin >file.bin
compare all
head -c 100 same.bin >file.bin
patch 0 99
compare a short file
# Where the chip encrypts, the search goes on until something is plain.
kill "$(cat board.pid)"
await 'client gone' board.log
rm -f board.url
board --chip esp32c3 --flash flash.bin --encryption development
tr 'U' 'V' <same.bin >file.bin
compare all, encrypted
head -c 4096 same.bin | dd of=file.bin bs=4096 seek=1007 conv=notrunc 2>/dev/null
compare all but the last sector
# Erased flash is plain: what is read first tells.
kill "$(cat board.pid)"
await 'client gone' board.log
rm -f board.url
head -c 4194304 /dev/zero | tr '\0' '\377' >flash.bin
board --chip esp32c3 --flash flash.bin --encryption development
compare all, erased
