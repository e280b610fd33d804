# Each of these is an error before the port is opened.
for words in 'read-mem 0x3fcb0002' 'write-mem 0x3fcb0001 1' 'read-mem here' 'write-mem 0x3fcb0000 0x100000000' \
	'write-mem 0x3fcb0000' 'dump-mem 0xfffffffc 5 out.bin' 'dump-mem 0x40000000 0 out.bin' \
	'dump-mem 0x40000000 16 no/folder.bin' 'load-ram missing.bin'; do
	# shellcheck disable=SC2086
	"$ESPFLASH" $words -p /nowhere
	echo $?
done
