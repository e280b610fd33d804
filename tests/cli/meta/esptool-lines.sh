# Lines that were written for esptool do what they say there, or get one complete answer.
board --chip esp32c3
seq 1 2000 | head -c 5000 >a.bin
url=$ESPFLASH_PORT
unset ESPFLASH_PORT
e() {
	"$ESPFLASH" "$@" >out 2>log
	echo "$1 ... : status $?"
	grep -v 'Serial port\|Connecting\|Using flash stub' log | sed "s|$url|URL|g"
	ESPFLASH_PORT=$url again
}
e esptool.py --chip esp32c3 --port "$url" -b 460800 --before default_reset --after hard_reset write_flash -z 0x20000 a.bin
e --port "$url" read_flash 0x20000 5000 b.bin
cmp a.bin b.bin && echo same
e python -m esptool --port "$url" verify_flash 0x20000 a.bin
e --port "$url" flash_id
head -3 out
e --port "$url" --after soft_reset write_flash -u -sc HSPI 0x20000 a.bin
e esptool version
cat out
# A command line of ours that is wrong is told so in our words.
e read-flash -p "$url" 0x20000 5000
