# A reader that takes nothing: of the output, of a log, of a trace. The time limit ends the monitor.
yes 'hello world, this is a line that fills every buffer 0123456789' | head -c 900000 >text
board --chip esp32c3 --boot-text text
mkfifo pipe
# try NAME SECONDS WORDS...: with this time limit. The reader has opened the pipe, and keeps it open
# while the monitor runs
try() {
	what=$1 limit=$2
	shift 2
	exec 8<>pipe
	[ "$what" = output ] || head -c 65536 text >&8 # it is full
	if [ "$what" = output ]; then
		timed took "$ESPFLASH" -q monitor --timeout "$limit" --non-interactive "$@" >pipe 2>err </dev/null
	else
		timed took "$ESPFLASH" -q monitor --timeout "$limit" --non-interactive "$@" >out 2>err </dev/null
	fi
	status=$?
	# 1 s, and one of patience; what this looks for took for ever
	late 12 took "$what"
	echo "$what: $status $(grep -o 'no process has taken.*' err)"
	exec 8<&-
	again
}
try output 1
# these end the monitor before its time limit does
try log 60 --save-log pipe
try raw 60 --save-log pipe --save-raw
try log-file 1 --log-file pipe
try trace 1 --trace pipe
