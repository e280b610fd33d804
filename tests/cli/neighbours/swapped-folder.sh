# Another user owns a folder on the way to the output, and puts a link to one of ours in its place
# while the program runs: at each of its system calls on files, in turn. Whenever that is, nothing
# may be written, replaced or removed where the link leads.
if [ "$(id -u)" != 0 ]; then
	echo 'only root can act as another user' >&3
	exit 77
fi
if ! strace -qq -o trace -e trace=%file -e inject=%file:signal=SIGCONT:when=1 true 2>/dev/null; then
	echo 'strace is missing, or may not trace' >&3
	exit 77
fi
printf 'nvs,data,nvs,0x9000,0x6000\nfactory,app,factory,,1M\n' >table.csv
"$ESPFLASH" -q save-image --chip esp32c3 --split split 0x10000 table.csv >/dev/null

folders() {
	rm -rf shared victim
	mkdir -p shared/sub victim/split
	chmod 1777 shared
	echo precious >victim/out
	echo precious >victim/split/flash_args
	cp -r split shared/sub/split
	chown -R 12345 shared/sub
}

# another user can do this, whoever owns what is in the folder
swap() {
	mv shared/sub shared/old
	ln -s "$PWD/victim" shared/sub
	chown -h 12345 shared/sub
}

# traced INJECTION WORDS...: begin to run the program, until its first stop or its end.
traced() {
	inject=$1
	shift
	rm -f trace pid
	# shellcheck disable=SC2016
	ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0" strace -f -o trace -e trace=%file \
		-e inject="$inject" sh -c 'echo $$ >pid && exec "$@"' sh "$ESPFLASH" "$@" \
		>said 2>&1 </dev/null &
	tracer=$!
	await '^[0-9]* *\(--- stopped by SIGSTOP\|+++ \)' trace
}

# "NAME NUMBER" of each call of the program that may be on the way to the output.
calls() {
	awk -F'[ (]+' -v program="execve(\"$ESPFLASH\"" '
		{ count[$2]++ }
		is_begun && !/"\/(etc|lib|lib64|usr|proc|sys|opt)\/|espflash\.toml|espflash_ports/ { print $2, count[$2] }
		index($0, program) { is_begun = 1 }' trace | grep -v '^+++\|^---'
}

each_call() {
	folders
	traced %file:signal=SIGCONT:when=10000 "$@"
	wait $tracer
	calls >calls
	[ "$(wc -l <calls)" -gt 5 ] || echo "$*: no calls"
	while read -r call number; do
		folders
		traced "$call:signal=SIGSTOP:when=$number" "$@"
		swap
		kill -CONT "$(cat pid)"
		wait $tracer
		[ "$(cat victim/out victim/split/flash_args)" = "$precious" ] &&
			[ "$(find victim | wc -l)" = 4 ] ||
			echo "$1 after $call $number: $(find victim -newer pid | tr '\n' ' ')"
	done <calls
	echo "$*: tried after each call"
}

precious=$(printf 'precious\nprecious')
each_call partition-table --to-binary table.csv -o shared/sub/out
each_call partition-table table.csv --log-file shared/sub/log
each_call partition-table table.csv --trace shared/sub/log
each_call -q save-image --chip esp32c3 --split shared/sub/split 0x10000 table.csv
each_call -q save-image --chip esp32c3 --split shared/sub/made 0x10000 table.csv
