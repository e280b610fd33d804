# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What the cases in tests/cli use. run.sh sources it, in the case's own folder.

# The path of a file of the corpus. Without a corpus run.sh skips the cases that call this.
corpus() {
	printf '%s' "$CORPUS/$1"
}

# For what needs the corpus and is sourced by a case, which run.sh can't see.
needs_corpus() {
	[ -d "$CORPUS" ] && return 0
	echo 'no corpus' >&3
	exit 77
}

# shellcheck source=tests/rig/promptly.sh
. "$SRC/tests/rig/promptly.sh"

# Start a virtual board with these arguments. Its URL is in $URL and in ESPFLASH_PORT.
board() {
	if [ ! -x "$ESPSIM" ]; then
		echo 'no espsim' >&3
		exit 77
	fi
	if "$ESPFLASH" --version --verbose | grep -q 'none built in'; then
		echo 'no stubs built in' >&3
		exit 77
	fi
	# one that was ended has perhaps more to say in its log
	[ ! -e board.pid ] || wait "$(cat board.pid)" 2>/dev/null
	mkfifo board.url
	$promptly "$ESPSIM" "$@" >board.url 2>board.log &
	echo $! >board.pid
	exec 9<board.url
	read -r URL <&9
	export ESPFLASH_PORT="$URL"
	# what the rate is and why has cases of its own (connect/auto-*); they unset this
	export ESPFLASH_BAUD=115200
}

# The same program over a fake list of serial ports (tests/sim): $FAKE.
fake_ports() {
	if [ ! -x "$ESPFLASH_FAKE" ]; then
		echo 'no espflash-c-fake' >&3
		exit 77
	fi
	export EF_FAKE_PORTS="$1" EF_FAKE_URL="${URL:-socket://127.0.0.1:1}"
	unset ESPFLASH_PORT
	FAKE=$ESPFLASH_FAKE
}

# Call this before another run against the same board. The board serves one client at a time and
# must first notice that the last one left.
again() {
	n=0
	while [ $n -lt 2000 ] && [ "$(grep -c 'client on' board.log)" != "$(grep -c 'client gone' board.log)" ]; do
		n=$((n + 1))
		sleep 0.01
	done
}

# await PATTERN FILE: wait until FILE has such a line, or until a test has waited long enough.
await() {
	n=0
	while ! grep -qs -- "$1" "$2" && [ $n -lt 1000 ]; do
		n=$((n + 1))
		sleep 0.02
	done
}

# Print the digest of a file and nothing else.
digest() {
	sha256sum "$1" | cut -d' ' -f1
}

# Create a file of N bytes with value 0xff.
erased() {
	dd if=/dev/zero bs="$2" count=1 2>/dev/null | tr '\0' '\377' >"$1"
}

# Create a flash file of 4 MiB of 'U' with the partition table of this CSV.
flash_with_table() {
	tr '\0' 'U' </dev/zero | dd of=flash.bin bs=65536 count=64 iflag=fullblock 2>/dev/null
	"$ESPFLASH" partition-table --to-binary "$1" |
		dd of=flash.bin bs=4096 seek=8 conv=notrunc 2>/dev/null
}

# Print which of the N sectors of flash.bin from sector A on are erased and which are still 'U'.
touched() {
	dd if=flash.bin bs=4096 skip="$1" count="$2" 2>/dev/null >part.bin
	echo "sectors $1 to $(($1 + $2 - 1)): $(tr -cd '\377' <part.bin | wc -c) erased, $(tr -cd 'U' <part.bin | wc -c) kept"
}

# Create a flash file of N sectors in which each eight bytes contain their offset.
counted() {
	awk -v n="$1" 'BEGIN { for (i = 0; i < n * 512; i++) printf "%07x\n", i }' >flash.bin
}

# Type keys into a program (see tests/sim/pty_keys.c). Its output goes to the file "terminal".
keys() {
	if [ ! -x "$PTY_KEYS" ]; then
		echo 'no pty-keys' >&3
		exit 77
	fi
	size=$1
	shift
	TERM=${TERM_TYPE:-xterm} "$PTY_KEYS" "$size" terminal "$@"
}

# opened FILE PROGRAM...: how often the program opens a file whose name ends like this.
opened() {
	if ! strace -qq -o trace true 2>/dev/null; then
		echo 'strace is missing, or may not trace' >&3
		exit 77
	fi
	file=$1
	shift
	# LeakSanitizer does not work under ptrace
	ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0" \
		strace -f -qq -e trace=open,openat -o trace "$@" >opened.out 2>&1
	echo "status $?: opened $(grep -c "$file\", .* = [0-9]" trace) times"
}

# Start a peer that repeats this pattern for ever. Its address is in $PEER.
hostile_peer() {
	if [ ! -x "$HOSTILE_PEER" ]; then
		echo 'no hostile-peer' >&3
		exit 77
	fi
	mkfifo peer.url
	"$HOSTILE_PEER" "$1" >peer.url 2>peer.log &
	echo $! >board.pid
	read -r PEER <peer.url
}

# timed FILE PROGRAM...: run it. The file has how long that took, without the time for which the
# program waited for a processor (tests/sim/own_time.c).
timed() {
	if [ ! -x "$OWN_TIME" ]; then
		echo 'no own-time' >&3
		exit 77
	fi
	"$OWN_TIME" "$@"
}

# late SECONDS FILE NAME: tell under this name if it took longer than that.
late() {
	[ "$(cat "$2")" -le $(($1 * 1000)) ] || echo "$3: $(cat "$2") ms"
}

# bounded SECONDS ARGUMENT...: run the program, and tell if it took longer than that.
bounded() {
	limit=$1
	shift
	name=$(echo "$*" | tr -c 'a-z0-9\n' _)
	timed "took.$name" "$ESPFLASH" "$@" >"bounded.$name" 2>&1 </dev/null
	late "$limit" "took.$name" "$*"
}

# every_command PATTERN SCHEME: in front of this peer, each command that needs a board ends by its
# time limit of 1 s. They run side by side, perhaps under a sanitizer, so the test allows 12 s; what it
# looks for took more than 40 s, or for ever.
every_command() {
	timed took true
	hostile_peer "$1"
	url=$2://$PEER jobs=
	head -c 4096 /dev/zero >data.bin
	while read -r words; do
		# shellcheck disable=SC2086
		bounded 12 $words -p "$url" &
		jobs="$jobs $!"
	done <<-END
		board-info --connect-timeout 1
		board-info --connect-timeout 1 --no-stub
		checksum-md5 0 0x1000 --connect-timeout 1
		doctor --connect-timeout 1
		dump-mem 0x3ff00000 0x100 dump.bin --connect-timeout 1
		erase-flash --connect-timeout 1
		erase-parts nvs --connect-timeout 1
		erase-region 0 0x1000 --connect-timeout 1
		flash-id --connect-timeout 1
		hold-in-reset --connect-timeout 1
		monitor --timeout 1
		monitor --timeout 1 --no-reset
		monitor --timeout 1 --until never --json
		ota --connect-timeout 1
		read-flash 0 0x1000 read.bin --connect-timeout 1
		read-mac --connect-timeout 1
		read-mem 0x3ff00000 --connect-timeout 1
		reset --connect-timeout 1
		run --connect-timeout 1
		verify-flash 0 data.bin --connect-timeout 1
		write-bin 0x10000 data.bin --connect-timeout 1 --force
		write-mem 0x3ff00000 1 --connect-timeout 1
	END
	# shellcheck disable=SC2086
	wait $jobs
}
