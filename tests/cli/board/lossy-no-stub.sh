# A line that loses each n-th byte to a ROM, which takes a request that lost one for whole: the flash
# is told right, or not at all.
mkdir each
cd each || exit 1
for n in 126 130 131 133; do
	mkfifo url
	$promptly "$ESPSIM" --chip esp32c3 --size 1MB --factory --listen rfc2217://127.0.0.1:0 --once \
		--fault drop-rx-every=$n >url 2>/dev/null &
	board=$!
	read -r url <url
	"$ESPFLASH" board-info --no-stub --connect-timeout 4 -p "$url" >out 2>err </dev/null &&
		grep '^Flash size' out | grep -v ' 1MB$' && echo "every $n"
	grep 'FlashID' err
	kill $board 2>/dev/null
	wait $board
	rm url
done
