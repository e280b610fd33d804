# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What the cases in tests/cli use. run.sh sources it, in the case's own folder.

# The path of a file of the corpus. Without a corpus run.sh skips the cases that call this.
corpus() {
	printf '%s' "$CORPUS/$1"
}

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
	mkfifo board.url
	"$ESPSIM" "$@" >board.url 2>board.log &
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
	while [ $n -lt 200 ] && [ "$(grep -c 'client on' board.log)" != "$(grep -c 'client gone' board.log)" ]; do
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
