board --chip esp32c3 --secure-download
for words in 'read-mem 0x40000000' 'write-mem 0x3fcb0000 1' 'dump-mem 0x40000000 16 out.bin' \
	"load-ram $SRC/tests/cli/flash/ram.elf"; do
	# shellcheck disable=SC2086
	"$ESPFLASH" -q $words --no-stub
	echo $?
	again
done
[ ! -e out.bin ] && echo "no file"
