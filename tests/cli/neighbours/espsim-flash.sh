# The flash's file is changed, so it must be one: no other file is grown and overwritten.
if [ ! -x "$ESPSIM" ]; then
	echo 'no espsim' >&3
	exit 77
fi
try() {
	timeout 60 "$ESPSIM" --chip esp32c3 --listen socket://127.0.0.1:0 "$@" 2>&1 >/dev/null
	echo $?
}
echo 'my notes' >notes.txt
erased odd.bin 1000000
mkfifo pipe
try --flash notes.txt
try --flash notes.txt --size 4MB
try --flash odd.bin
try --flash pipe
erased small.bin 1048576
try --flash small.bin --size 4MB
cat notes.txt
wc -c odd.bin small.bin
