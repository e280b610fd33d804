#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the program again and again. Each time another system call fails (strace injects the error)
# or another allocation (fail_alloc.c). Whatever fails:
#   - the program neither crashes nor hangs, and says why it fails;
#   - an output file has its old content or the whole new one, and no temporary file is left;
#   - with status 0, output and flash are as they are without a failure.
#
#   program.sh            a sample of the failures, the same each time
#   program.sh --all      all of them: takes half an hour
#   program.sh -n 200     a sample of about 200 for each command
#   program.sh [--all] write-bin read-flash    these commands
set -u
: "${ESPFLASH:?}" "${ESPSIM:=}" "${SAMPLE:?}" "${FAIL_ALLOC_SO:=}" "${PTY_BRIDGE:=}" "${FAKE_MODEM:=}"
here=$(mktemp -d "${TMPDIR:-/tmp}/ef-torture-XXXXXX") || exit 2
board= bridge=
trap 'stop_board; rm -rf "$here"' EXIT
trap 'exit 2' INT TERM HUP

budget=4 only=
while [ $# -gt 0 ]; do
	case $1 in
	--all) budget=1000000 ;;
	-n) budget=$2 && shift ;;
	*) only="$only $1" ;;
	esac
	shift
done

if ! command -v strace >/dev/null || ! strace -qq -o "$here/try" -e inject=write:error=EIO:when=9999 true 2>/dev/null; then
	echo 'skipped: strace is missing, or may not trace'
	exit 77
fi
# LeakSanitizer does not work under ptrace; a library is preloaded for the terminal's modem lines.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0:verify_asan_link_order=0" LC_ALL=C HOME="$here/home"
unset ESPFLASH_PORT XDG_CONFIG_HOME XDG_STATE_HOME XDG_RUNTIME_DIR
mkdir "$here/home" "$here/in"
export EF_FAKE_MODEM="$here/in/modem"

# What can go wrong with each call.
faults='openat EMFILE
openat EACCES
read EIO
read EINTR
write ENOSPC
write EINTR
close EIO
newfstatat EIO
fstat EIO
mmap ENOMEM
lseek EIO
renameat EIO
unlinkat EIO
fchmod EPERM
fcntl EMFILE
ioctl EIO
ioctl EINTR
flock EWOULDBLOCK
poll EINTR
poll ENOMEM
socket EMFILE
connect ECONNREFUSED
connect EINTR
sendto EPIPE
sendto EINTR
recvfrom ECONNRESET
recvfrom EINTR
getsockopt EIO
setsockopt EIO
getrandom ENOSYS
readlinkat EIO
readlink EIO
getcwd ENOENT
access EIO
faccessat2 EIO
getdents64 EIO'
# A sanitizer has no such library: it maps memory for an allocator of its own, and ends the program
# if it can't.
[ -n "$FAIL_ALLOC_SO" ] || faults=$(echo "$faults" | grep -v '^mmap')

# NAME, whether it needs a board, its output file, its words. @ is the board's URL or, with "tty",
# a pseudo terminal with modem lines (tests/sim); % is a time limit in seconds.
commands='image-info no - image-info image.bin
save-image no out save-image --chip esp32c3 app.elf out
merge no out save-image --chip esp32c3 --merge --bootloader boot.bin app.elf out
to-binary no out partition-table --to-binary -o out table.csv
to-csv no - partition-table --to-csv table.bin
config no - config
side-files no out save-image --chip esp32c3 app.elf out --log-file log
board-info yes - board-info -p @ --connect-timeout %
read-flash yes out read-flash 0x10000 20000 out -p @ --connect-timeout %
write-bin yes - write-bin 0x60000 data -p @ --connect-timeout %
flash yes - flash app.elf -p @ --connect-timeout %
erase-region yes - erase-region 0x10000 0x2000 -p @ --connect-timeout %
verify-flash yes - verify-flash 0x50000 data -p @ --connect-timeout %
monitor yes - monitor --until rst: --timeout % -p @
tty-read-flash tty out read-flash 0x10000 20000 out -p @ --connect-timeout %
tty-write-bin tty - write-bin 0x60000 data -p @ --connect-timeout %
tty-monitor tty - monitor --until rst: --timeout % -p @'

complain() {
	echo "$name: $fault: $*"
	sed 's/^/    /' stderr | head -n 5
	failed=$((failed + 1))
}

# end WHAT PID: a board or bridge that does not end at SIGTERM is killed by its timeout(1), and is
# a finding.
end() {
	[ -n "$2" ] || return 0
	kill "$2" 2>/dev/null
	wait "$2" 2>/dev/null
	[ $? != 137 ] || complain "the $1 does not end"
}

stop_board() {
	end bridge "$bridge"
	bridge=
	end board "$board"
	board=
}

# start COMMAND...: its first line is put into $address. One that hangs ends after a minute.
start() {
	rm -f url
	mkfifo url
	timeout -k 10 200 "$@" >url 2>/dev/null &
	started=$!
	address=$(timeout 60 head -n 1 url)
	[ -n "$address" ] || complain "no address from ${1##*/}"
}

start_board() {
	cp "$here/flash" flash
	start "$ESPSIM" --chip esp32c3 --flash flash --listen rfc2217://127.0.0.1:0 --once
	board=$started
	[ "$needs_board" = tty ] || return 0
	rm -f modem
	start "$PTY_BRIDGE" "$address" "$here/in/modem"
	bridge=$started
}

# What the commands read, and "old" as the content of what they write.
prepare() {
	cp "$SAMPLE" app.elf
	printf 'nvs,data,nvs,,0x6000\nfactory,app,factory,,1M\n' >table.csv
	"$ESPFLASH" -q partition-table --to-binary -o table.bin table.csv
	"$ESPFLASH" -q save-image --chip esp32c3 app.elf image.bin >/dev/null
	seq 10000 | head -c 20000 >data
	# a board writes its own bootloader to a blank flash
	start "$ESPSIM" --chip esp32c3 --factory --flash blank --listen socket://127.0.0.1:0
	end board "$started"
	dd if=blank of=boot.bin bs=4096 count=8 2>/dev/null
	"$ESPFLASH" -q save-image --chip esp32c3 --merge --bootloader boot.bin app.elf "$here/flash" >/dev/null
	dd if=data of="$here/flash" bs=4096 seek=80 conv=notrunc 2>/dev/null
}

# run PREFIX...: the command, in front of a new board. Its status is in $status. The prefix tells
# the program what to preload.
run() {
	echo old >out
	rm -f log
	address=
	[ "$needs_board" = no ] || start_board
	# shellcheck disable=SC2046
	timeout -k 10 100 "$@" $(echo "$words" | sed "s|@|$address|; s|%|$patience|") >stdout 2>stderr </dev/null
	status=$?
	# the board writes its flash file when it ends
	stop_board
}

# The calls of the command by name: "NAME FIRST LAST", those of the loader are left out.
count_calls() {
	sed 's/^[0-9]* *//' "$here/trace" | awk -F'(' '
		/ld\.so\.cache/ { is_loader = 1 }
		is_loader && $1 == "munmap" { is_begun = 1; is_loader = 0 }
		{ count[$1]++; if (!is_begun) skip[$1]++ }
		END { for (name in count) if (count[name] > skip[name]) print name, skip[name] + 1, count[name] }'
}

# "NAME ERROR NUMBER" for each failure that is to be tried, evenly taken from all.
choose() {
	count_calls >"$here/counts"
	{
		echo "$faults" | while read -r name error; do
			sed -n "s/^$name \([0-9]*\) \([0-9]*\)\$/\1 \2/p" "$here/counts" | while read -r first last; do
				seq "$first" "$last" | sed "s/^/$name $error /"
			done
		done
		[ -z "$FAIL_ALLOC_SO" ] || seq 1 "$(cat "$here/allocations")" | sed 's/^/allocation fails /'
	} >"$here/all"
	awk -v budget="$budget" '
		{ line[NR] = $0 }
		END {
			step = NR > budget ? NR / budget : 1
			for (at = step / 2; int(at) < NR; at += step) print line[int(at) + 1]
		}' "$here/all"
}

check() {
	if [ $status = 124 ]; then
		complain 'does not end'
	elif [ $status = 137 ]; then
		complain 'does not end at SIGTERM'
	elif [ $status -gt 131 ] && [ $status != 141 ] && [ $status != 143 ]; then
		complain "crashes: $status"
	fi
	if [ $status = 0 ]; then
		cmp -s stdout "$here/stdout" || complain 'status 0, and another output'
		[ "$output" = - ] || cmp -s out "$here/out" || complain 'status 0, and another file'
		[ "$needs_board" = no ] || cmp -s flash "$here/flash.new" || complain 'status 0, and another flash'
	elif [ ! -s stderr ] && [ "${fault%% *}" != write ]; then
		complain "status $status without a word"
	fi
	if [ "$output" != - ] && ! cmp -s out "$here/out" && [ "$(cat out)" != old ]; then
		complain "$(wc -c <out) bytes of output"
	fi
	for left in *.tmp; do
		[ ! -e "$left" ] || [ "${fault%% *}" = unlinkat ] || complain "leaves $left"
		rm -f "$left"
	done
}

torture() {
	fault='nothing fails' patience=60 preload=
	[ "$needs_board" != tty ] || preload=$FAKE_MODEM
	FAIL_ALLOC_COUNT="$here/allocations" run env LD_PRELOAD="$FAIL_ALLOC_SO $preload" "$ESPFLASH"
	cp stdout "$here/stdout" && cp out "$here/out"
	[ "$needs_board" = no ] || cp flash "$here/flash.new"
	[ $status = 0 ] || complain "status $status"
	run strace -qq -f -E LD_PRELOAD="$preload" -o "$here/trace" "$ESPFLASH"
	check
	choose >"$here/chosen"
	patience=3
	while read -r call error number; do
		fault="$call $number $error"
		if [ "$call" = allocation ]; then
			FAIL_ALLOC=$number run env LD_PRELOAD="$FAIL_ALLOC_SO $preload" "$ESPFLASH"
		else
			run strace -qq -f --seccomp-bpf -E LD_PRELOAD="$preload" -o /dev/null -e trace="$call" \
				-e inject="$call:error=$error:when=$number" "$ESPFLASH"
		fi
		check
	done <"$here/chosen"
	echo "$name: $(wc -l <"$here/chosen") of $(wc -l <"$here/all") failures"
}

cd "$here/in" || exit 2
name=preparation fault='nothing fails' failed=0
: >stderr
prepare
echo "$commands" >"$here/commands"
while read -r name needs_board output words <&4; do
	case " $only " in
	'  ' | *" $name "*) ;;
	*) continue ;;
	esac
	[ "$needs_board" = no ] || [ -x "$ESPSIM" ] || continue
	[ "$needs_board" != tty ] || [ -x "$PTY_BRIDGE" ] || continue
	torture
done 4<"$here/commands"
echo "$failed failed"
[ $failed = 0 ]
