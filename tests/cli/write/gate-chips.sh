# Images for another chip, and for other revisions than the board's, in merged files, too.
c3=$(corpus bootloader/idf-esp32c3.bin) esp32=$(corpus bootloader/idf-esp32.bin)
try() {
	again
	"$ESPFLASH" -q write-bin "$@" >/dev/null
	echo "$*: $?"
}
cp "$c3" c3.bin && cp "$esp32" esp32.bin
board --chip esp32 --flash flash.bin
try 0x1000 c3.bin
try 0 esp32.bin
head -c 4096 /dev/zero | tr '\0' '\377' | cat - c3.bin >merged.bin
try 0 merged.bin
[ "$(tr -d '\377' <flash.bin | wc -c)" -eq 0 ] && echo 'nothing was written'
again
"$ESPFLASH" -q write-bin --no-listen --force 0x1000 esp32.bin >/dev/null
echo "forced: $?"
dd if=flash.bin bs=4096 skip=1 2>/dev/null | head -c "$(wc -c <esp32.bin)" | cmp - esp32.bin && echo 'written'
kill "$(cat board.pid)"
rm board.url
# for revisions up to v0.99, and for v0.3 or later
{ head -c 14 c3.bin && printf '\003\003\000\143\000' && tail -c +20 c3.bin; } >revisions.bin
for revision in 1.1 0.2 0.3; do
	board --chip esp32c3 --revision $revision
	try --no-listen 0 revisions.bin
	kill "$(cat board.pid)"
	rm board.url
done
