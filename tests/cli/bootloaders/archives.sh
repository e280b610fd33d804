# Archives: a crate from standard input, one in a zip, hostile ones.
command -v tar >/dev/null || { echo 'no tar' >&3; exit 77; }
mkdir -p core/esp32c3/bin espflash-4.5.0/resources/bootloaders
cp "$SRC/tests/cli/flash/ram.elf" core/esp32c3/bin/bootloader_dio_80m.elf
"$ESPFLASH" -q bootloaders import core
mv "$HOME"/.local/share/espflash-c/bootloaders/*.bin espflash-4.5.0/resources/bootloaders/esp32c3-bootloader.bin
try() {
	echo "-- $1" >&2
	shift
	"$@"
	echo "status $?" >&2
}
tar -czf e.crate espflash-4.5.0
try 'from a pipe' "$ESPFLASH" bootloaders import - <e.crate
gzip -dc e.crate >e.tar
try 'again, from a tar' "$ESPFLASH" bootloaders import e.tar
head -c 200 e.crate >cut.crate
try 'cut off' "$ESPFLASH" bootloaders import cut.crate
# names that lead out of the archive: nothing is taken, and nothing is written there
tar -cPzf out.tar.gz --transform 's,^,../../,' espflash-4.5.0/resources/bootloaders/esp32c3-bootloader.bin
try '../' "$ESPFLASH" bootloaders import out.tar.gz
tar -cPzf abs.tar.gz "$PWD/espflash-4.5.0/resources/bootloaders/esp32c3-bootloader.bin"
try absolute "$ESPFLASH" bootloaders import abs.tar.gz
mv e.crate espflash-4.5.0.crate
cmake -E tar cf e.zip --format=zip espflash-4.5.0.crate
try 'a crate in a zip' "$ESPFLASH" bootloaders import e.zip
mv espflash-4.5.0.crate e.crate
# the content of a whole flash; the bootloader is known by its place there
"$ESPFLASH" -q save-image --merge --skip-padding --chip esp32c3 "$SRC/tools/sample/sample-esp32c3.elf" merged.bin >out
try merged "$ESPFLASH" bootloaders import merged.bin
# 300 MiB of zeros in a small file
dd if=/dev/zero bs=1048576 count=300 2>/dev/null | gzip -1 >bomb.gz
try bomb "$ESPFLASH" bootloaders import bomb.gz
# archives within archives
cp e.crate espflash-5.crate
nest() {
	tar -czf next.gz espflash-5.crate
	mv next.gz espflash-5.crate
}
nest && nest && nest && nest
try nested "$ESPFLASH" bootloaders import espflash-5.crate
# 100000 entries
head -c 512 e.tar >entry
awk 'BEGIN { for (i = 0; i < 1000; i++) print "entry" }' | xargs cat >thousand
cat thousand thousand thousand thousand thousand thousand thousand thousand thousand thousand >ten
cat ten ten ten ten ten ten ten ten ten ten | gzip -1 >many.tar.gz
try 'many entries' "$ESPFLASH" bootloaders import many.tar.gz
