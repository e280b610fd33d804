# A FIFO that nobody opens at its other end ends the run after a second, whatever file it stands
# for; one with a writer is waited for, and a signal ends that wait.
mkfifo in out
seq 3 >data
url=socket://127.0.0.1:1
cp "$SRC/tools/sample/sample-esp32c3.elf" app.elf
while read -r words; do
	# shellcheck disable=SC2086
	"$ESPFLASH" -q $words </dev/null >said 2>&1
	echo "$? $words: $(grep -c "it is a FIFO, and no process has opened its other end" said)"
done <<END
image-info in
partition-table in
bootloaders import in
save-image --chip esp32c3 in image
save-image --chip esp32c3 --merge --partition-table in app.elf image
save-image --chip esp32c3 --merge --bootloader in app.elf image
save-image --chip esp32c3 app.elf out
write-bin 0 in -p $url
verify-flash 0 in -p $url
flash in -p $url
load-ram in -p $url
board-info --stub in -p $url
board-info --log-file out -p $url
board-info --trace out -p $url
monitor --elf in -p $url --timeout 1
monitor --save-log out -p $url --timeout 1
END
# a writer that comes late and is slow
{
	sleep 0.2
	printf 'app,app,factory,0x10000,'
	sleep 1.2
	printf '0x100000\n'
} >in &
"$ESPFLASH" partition-table --to-csv in
wait
# a writer that says nothing; its FIFO is open as soon as the program reads
{
	echo open >flag
	exec sleep 600
} >in &
sleeper=$!
"$ESPFLASH" image-info in 2>err &
pid=$!
await open flag
# the first may come a moment before the wait
for signal in TERM TERM TERM; do
	kill -$signal $pid 2>/dev/null
	sleep 0.1
done
wait $pid
echo "$? $(cat err)"
kill $sleeper
