# espflash's options: the request (d2) has the block size and the number of packets in flight, and
# packets have that size.
counted 16
board --chip esp32c3
"$ESPFLASH" -q --trace log read-flash --block-size 0x100 --max-in-flight 3 0x20 0x400 out.bin >/dev/null &&
	grep -o '^> c000d21000........2000000000040000000100000300000' log
"$ESPFLASH" read-flash --block-size 8192 0 16 out.bin
