# A device that says it takes data, and takes none: every write to it ends with EAGAIN. A write ends
# by its own limit, and by the user's.
if ! strace -qq -o trace -P /dev/null -e inject=write:error=EAGAIN:when=9999 true 2>/dev/null; then
	echo 'strace is missing, or may not trace' >&3
	exit 77
fi
if [ ! -x "$PTY_BRIDGE" ] || [ ! -e "$FAKE_MODEM" ]; then
	echo 'no pty-bridge' >&3
	exit 77
fi
board --chip esp32c3 --circuit none-download
mkfifo name
mkdir bridge
"$PTY_BRIDGE" "$URL" "$PWD/modem" >name 2>bridge.log &
echo $! >bridge/board.pid
read -r tty <name
export EF_FAKE_MODEM="$PWD/modem"
ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0:verify_asan_link_order=0"
export ASAN_OPTIONS
for words in reset board-info 'read-mac --no-stub' 'erase-region 0 0x1000' 'run'; do
	begin=$(date +%s%N)
	# shellcheck disable=SC2086
	timeout 60 strace -f -qq -o /dev/null -P "$tty" -e trace=write -e inject=write:error=EAGAIN \
		-E LD_PRELOAD="$FAKE_MODEM" "$ESPFLASH" $words -p "$tty" --connect-timeout 1 >out 2>&1 </dev/null
	status=$?
	took=$((($(date +%s%N) - begin) / 1000000))
	# the machine may be busy; what this looks for took 21 s, or for ever
	[ $took -le 12000 ] || echo "$words: $took ms"
	[ $status -gt 1 ] && [ $status -lt 100 ] || echo "$words: status $status"
done
echo 'all ended'
