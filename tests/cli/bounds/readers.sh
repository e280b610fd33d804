# A reader that takes nothing: of the output, of a log, of a trace. The time limit ends the monitor.
yes 'hello world, this is a line that fills every buffer 0123456789' | head -c 900000 >text
board --chip esp32c3 --boot-text text
mkfifo pipe
# try NAME WORDS...: the reader has opened the pipe, and keeps it open while the monitor runs
try() {
	what=$1
	shift
	exec 8<>pipe
	[ "$what" = output ] || head -c 65536 text >&8 # it is full
	begin=$(date +%s%N)
	if [ "$what" = output ]; then
		timeout 30 "$ESPFLASH" -q monitor --timeout 1 --non-interactive "$@" >pipe 2>err </dev/null
	else
		timeout 30 "$ESPFLASH" -q monitor --timeout 1 --non-interactive "$@" >out 2>err </dev/null
	fi
	status=$?
	took=$((($(date +%s%N) - begin) / 1000000))
	# 1 s, and one of patience; the machine may be busy, and what this looks for took for ever
	[ $took -le 12000 ] || echo "$what: $took ms"
	echo "$what: $status $(grep -o 'no process has taken.*' err)"
	exec 8<&-
	again
}
try output
try log --save-log pipe
try raw --save-log pipe --save-raw
try log-file --log-file pipe
try trace --trace pipe
