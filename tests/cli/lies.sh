# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# A chip that lies, in front of every command. No command crashes, none takes longer than its bound,
# and with status 0 everything is as with an honest chip: output, files and flash.

# The bound of connecting (4 s), and of the repeats and recoveries behind it. The programs share the
# processors, perhaps under a sanitizer.
LIMIT_MS=60000

# A whole chip may take minutes to erase, and so a chip that is silent then is waited for: its
# patience has tests in virtual time (unit.budgets, unit.hostile_chip).
ERASE_LIMIT_MS=140000

# The words of each command, ":" and how its claims are compared. "=": all. "~": its output has
# times, so only status and flash are. "?": nothing but the chip's word for it, so not when it is the
# values that are made up.
# % is the time limit of connecting.
commands() {
	cat <<-END
		board-info := --connect-timeout %
		board-info := --connect-timeout % --no-stub
		checksum-md5 :? 0x10000 0x8000 --connect-timeout %
		doctor :~ --connect-timeout %
		dump-mem :? 0x3ff00000 0x100 out --connect-timeout %
		erase-flash := --connect-timeout %
		erase-parts := nvs --connect-timeout %
		erase-region := 0x10000 0x2000 --connect-timeout %
		flash := app.elf --connect-timeout %
		flash := app.elf --connect-timeout % --no-stub
		flash-id := --connect-timeout %
		load-ram := app.elf --connect-timeout %
		monitor :~ --timeout 1
		ota := --connect-timeout %
		read-flash := 0x8000 0x6000 out --connect-timeout %
		read-flash := 0x8000 0x1000 out --connect-timeout % --no-stub
		read-mac := --connect-timeout %
		read-mem :? 0x40000000 --connect-timeout %
		reset := --connect-timeout %
		run := --connect-timeout %
		verify-flash := 0x10000 image.bin --connect-timeout %
		verify-flash := 0x10000 other.bin --connect-timeout %
		write-bin := 0x60000 data --connect-timeout %
		write-bin := 0x60000 data --connect-timeout % --no-stub
		write-mem := 0x3fc90000 1 --connect-timeout %
	END
}

prepare() {
	cp "$SRC/tools/sample/sample-esp32c3.elf" app.elf
	seq 3000 >data
	board --chip esp32c3 --size 1MB --flash base.bin --factory
	"$ESPFLASH" -q flash app.elf --flash-size 1mb >/dev/null 2>&1 || echo 'no firmware on the board'
	kill "$(cat board.pid)" && wait "$(cat board.pid)" 2>/dev/null
	rm board.pid
	dd if=base.bin of=image.bin bs=4096 skip=16 count=16 2>/dev/null
	tr 'E' 'e' <image.bin >other.bin
}

# one FOLDER FAULTS WORDS...: run the command in a folder, in front of a board of its own.
one() (
	mkdir "$1" && cd "$1" || exit 1
	faults=$2
	shift 2
	cp --sparse=always ../base.bin flash
	mkfifo url
	$promptly "$ESPSIM" --chip esp32c3 --flash flash --listen rfc2217://127.0.0.1:0 --once \
		${faults:+--fault "$faults"} >url 2>board.log &
	board=$!
	read -r url <url
	for file in app.elf image.bin other.bin data; do ln ../"$file" .; done
	begin=$(date +%s%N)
	timeout 160 "$ESPFLASH" "$@" -p "$url" >stdout 2>stderr </dev/null
	echo $? >status
	echo $((($(date +%s%N) - begin) / 1000000)) >took
	# the board writes its flash out when it ends
	kill $board 2>/dev/null
	wait $board
)

same() {
	for file in status "$@"; do
		[ ! -e "honest$n/$file" ] || cmp "honest$n/$file" "$dir/$file" || return 1
	done
}

# Compare what came of command number $n in folder $dir with what an honest chip gives.
check() {
	status=$(cat "$dir/status")
	case $how in
	=) files='stdout out flash' ;;
	'~') files=flash ;;
	*)
		files='stdout out flash'
		case $1 in lie-from* | stale-from* | digest-from*) files=flash ;; esac
		;;
	esac
	case $words in
	erase-flash*) limit=$ERASE_LIMIT_MS ;;
	*) limit=$LIMIT_MS ;;
	esac
	[ "$(cat "$dir/took")" -le $limit ] || echo "$1: $words: $(cat "$dir/took") ms"
	if [ "$status" -gt 127 ] || grep -q 'Sanitizer\|runtime error' "$dir/stderr"; then
		echo "$1: $words: crashes with status $status"
		cat "$dir/stderr"
	elif [ "$status" = 0 ] && [ "${1#*other-chip}" != "$1" ] && grep -qi 'esp32-\{0,1\}c6\|^app ' "$dir/stdout" "$dir/stderr"; then
		: # it came before the connection was made, so what is said is about that one
	elif [ "$status" = 0 ]; then
		# shellcheck disable=SC2086
		same $files || echo "$1: $words: status 0, but not all is so"
	elif [ ! -s "$dir/stderr" ]; then
		echo "$1: $words: status $status without a word"
	fi
}

# each PREFIX FAULTS: start all commands, and wait for them.
each() {
	jobs= n=0
	while read -r command how words; do
		n=$((n + 1))
		# An honest board connects, however busy the machine is.
		case $command:$2 in
		*:) patience=60 ;;
		doctor:*) patience=1 ;; # it connects many times
		*) patience=4 ;;
		esac
		# shellcheck disable=SC2046
		one "$1$n" "$2" "$command" $(echo "$words" | sed "s/%/$patience/") &
		jobs="$jobs $!"
	done <commands
	# shellcheck disable=SC2086
	wait $jobs
}

# lies FAULTS...: each of these boards in front of each command
lies() {
	prepare
	# The suite takes every third command, each case others; ESPFLASH_LIES=all takes all.
	commands | sed 's/:\([=~?]\)/\1/' |
		awk -v all="${ESPFLASH_LIES:-}" -v first=$((${#1} % 3)) 'all || NR % 3 == first' >commands
	each honest ''
	n=0
	while read -r command how words; do
		n=$((n + 1)) words="$command $words"
		# these say that something is wrong with an honest chip, too
		case $words in
		*other.bin* | load-ram* | monitor*) want='[1-9]' ;;
		*) want=0 ;;
		esac
		case $(cat "honest$n/status") in
		$want*) ;;
		*) echo "$words: status $(cat "honest$n/status"): $(tail -n 2 "honest$n/stderr")" ;;
		esac
	done <commands
	for faults; do
		rm -rf lie*
		each lie "$faults"
		n=0
		while read -r command how words; do
			n=$((n + 1)) words="$command $words" dir=lie$n
			check "$faults"
		done <commands
	done
}
