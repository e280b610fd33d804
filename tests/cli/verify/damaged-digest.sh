# One byte of one answer is damaged, each answer in turn: the file is in flash, so it never differs.
# shellcheck disable=SC1091,SC2154
seq 1 4000 >file.bin
board --chip esp32c3 --flash flash.bin
"$ESPFLASH" -q write-bin --no-listen 0x10000 file.bin >/dev/null
again
kill "$(cat board.pid)"
exec 9<&-
rm board.url
for n in $(seq 10 40); do
	board --chip esp32c3 --flash flash.bin --fault "flip-reply=$n"
	"$ESPFLASH" -q verify-flash 0x10000 file.bin >out 2>&1
	echo "$n $?" >>codes
	kill "$(cat board.pid)"
	exec 9<&-
	rm board.url
done
cut -d' ' -f2 codes | sort | uniq -c | sed 's/^ *//'
