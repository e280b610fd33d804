# A build writes a file again while it is read: no page is taken away, so nothing but the file's size
# and time tells. A second input comes through a FIFO, so that it is known when the first was opened.
mkfifo pipe
try() {
	how=$1
	shift
	mkdir -p out
	seq 30000 >first
	touch -d '2020-01-01' first
	"$ESPFLASH" "$@" >said 2>err </dev/null &
	pid=$!
	{
		n=0
		until grep -q 'first' "/proc/$pid/maps" || [ $n = 500 ]; do
			n=$((n + 1))
			sleep 0.02
		done
		$how
		cat second
	} >pipe
	wait $pid
	echo "$how, $1: $?"
	grep -h -A1 error err
	find out -type f
	again
}
cut_last_byte() { truncate -s -1 first; }
write_again() { seq 30000 >first; }
replace() { seq 30001 60000 >new && mv new first; }
board --chip esp32c3 --size 1MB --flash board.bin --factory
seq 3000 >second
for how in cut_last_byte write_again replace; do
	try $how write-bin 0x10000 first 0x80000 pipe --force --connect-timeout 60
	try $how verify-flash 0x10000 first 0x80000 pipe --connect-timeout 60
done
