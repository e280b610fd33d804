# The first byte that a line damages may be one of the value that is read, and an answer may belong to
# the request before it. With these faults a wrong value was shown with status 0.
if [ ! -x "$ESPSIM" ]; then
	echo 'no espsim' >&3
	exit 77
fi
export ESPFLASH_BAUD=115200

# on FAULTS CHIP: a board of its own
on() {
	rm -f url
	mkfifo url
	$promptly "$ESPSIM" --chip "$2" --listen rfc2217://127.0.0.1:0 --factory ${1:+--fault "$1"} >url 2>board.log &
	board=$!
	read -r url <url
}
off() {
	kill $board
	wait $board 2>/dev/null
}
# one CHIP FAULTS WORDS...: the same as on an honest chip, or not status 0
one() (
	mkdir "$n" && cd "$n" || exit 1
	chip=$1 faults=$2
	shift 2
	: >out
	on '' "$chip"
	"$ESPFLASH" -q "$@" -p "$url" >honest.text 2>err </dev/null || echo "$*: an honest chip fails"
	off
	cat out >>honest.text
	on "$faults" "$chip"
	if timeout 60 "$ESPFLASH" -q "$@" -p "$url" --connect-timeout 10 >text 2>err </dev/null; then
		cat out >>text
		cmp honest.text text
	fi
	off
)
n=0 jobs=
each() {
	n=$((n + 1))
	"$@" &
	jobs="$jobs $!"
}
each one esp32c3 stale-from=12 read-mem 0x60008844
each one esp32c3 stale-from=14 read-mem 0x60008844 --no-stub --json
each one esp32 stale-from=28 dump-mem 0x3ff5a000 0x40 out
each one esp32s3 flip-reply=34 checksum-md5 0x8000 0x1000
# shellcheck disable=SC2086
wait $jobs
echo 'all looked at'
