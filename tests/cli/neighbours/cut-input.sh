# Another program cuts a file short while it is read. A second input comes through a FIFO, so that it
# is known when the first has been opened.
mkfifo pipe
try() {
	mkdir -p out
	"$ESPFLASH" "$@" >said 2>err </dev/null &
	pid=$!
	{
		n=0
		until grep -q 'first' "/proc/$pid/maps" || [ $n = 500 ]; do
			n=$((n + 1))
			sleep 0.02
		done
		: >first
		cat second
	} >pipe
	wait $pid
	echo "$1: $?"
	grep -h -A1 error err
	find out -type f
}
board --chip esp32c3 --size 1MB --flash board.bin --factory
seq 3000 >second
seq 30000 >first
try write-bin 0x10000 first 0x80000 pipe --force --connect-timeout 60
again
seq 30000 >first
try verify-flash 0x10000 first 0x80000 pipe --connect-timeout 60
again
"$ESPFLASH" -q read-mac >said 2>err || echo 'the board is lost'
again
seq 30000 >first
try write-bin 0x10000 first 0x80000 pipe --force --connect-timeout 60 --json
grep -e status -e message said
cp "$SRC/tools/sample/sample-esp32c3.elf" first
dd if=board.bin of=second bs=4096 count=7 2>/dev/null
try save-image --chip esp32c3 --merge first out/flash.bin --bootloader pipe
