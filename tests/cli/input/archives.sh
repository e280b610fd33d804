# gzip and zip around any of the forms, and archives that are none of ours or want to do harm.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
idf_build esp32c3 0x0
export ESPFLASH_PORT=/dev/nonexistent
plan() {
	"$ESPFLASH" flash --dry-run "$1" >out && head -n 2 out
}
gzip -k app.bin
plan app.bin.gz
cmake -E tar cf build.zip --format=zip build
plan build.zip
cmake -E tar cf one.zip --format=zip app.bin table.csv
plan one.zip
cmake -E tar cf gz.zip --format=zip app.bin.gz
plan gz.zip
cmake -E tar cf none.zip --format=zip table.csv
plan none.zip
cmake -E tar cf two.zip --format=zip app.bin bootloader.bin
plan two.zip
head -c 40000 build.zip >cut.zip
plan cut.zip
head -c 5000 app.bin.gz >cut.gz
plan cut.gz
gzip -c app.bin.gz >twice.gz
plan twice.gz
# 400 MiB of zeros
head -c 419430400 /dev/zero | gzip >bomb.gz
plan bomb.gz
head -c 419430400 /dev/zero >bomb.bin
cmake -E tar cf bomb.zip --format=zip bomb.bin
rm bomb.bin
plan bomb.zip
mkdir many
(cd many && seq 1 5000 | xargs touch)
cmake -E tar cf many.zip --format=zip many
plan many.zip
mkdir -p in/deep && cp app.bin in/app.bin
(cd in/deep && cmake -E tar cf ../../climb.zip --format=zip ../app.bin)
plan climb.zip
