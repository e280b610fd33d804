# A request has no checksum. Over a line that damages one byte in 100, status 0 means that the word
# is what was to be written. These are seeds with which it was not.
if [ ! -x "$ESPSIM" ]; then
	echo 'no espsim' >&3
	exit 77
fi
export ESPFLASH_BAUD=115200

# one SEED VALUE: in front of a board of its own
one() (
	mkdir "$1" && cd "$1" || exit 1
	mkfifo url
	$promptly "$ESPSIM" --chip esp32c3 --listen rfc2217://127.0.0.1:0 --fault "noise-every=100,noise-seed=$1" >url 2>board.log &
	board=$!
	read -r url <url
	n=0
	if timeout 60 "$ESPFLASH" -q write-mem 0x3fc90000 "$2" -p "$url" --connect-timeout 10 --after no-reset \
		>out 2>err </dev/null; then
		echo >true
		until timeout 60 "$ESPFLASH" -q read-mem 0x3fc90000 -p "$url" --connect-timeout 10 --before no-reset \
			>out 2>err </dev/null || [ $n = 4 ]; do
			n=$((n + 1))
		done
		[ $n = 4 ] || grep -q "= $2" out || echo "seed $1, $2: $(cat out)"
	fi
	kill $board
	wait $board 2>/dev/null
)

jobs=
for seed in 14 18 25 27 37 43 54 57; do
	one $seed "$(printf '0x%08x' $((seed * 2654435761 & 0xffffffff)))" &
	jobs="$jobs $!"
done
# shellcheck disable=SC2086
wait $jobs
ls ./*/true >/dev/null && echo 'some were written'
