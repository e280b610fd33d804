# What a log or a trace would replace has to be one. Parts of a build and files that are found by
# searching are in no option, and would be emptied before they are flashed.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
idf_build esp32c3 0x0
find build -type f -exec sha256sum {} + >sums
try() {
	"$ESPFLASH" "$@" -p socket://127.0.0.1:1 2>&1 | grep -v ' INFO '
	sha256sum --quiet -c sums || echo "changed by: $*"
}
try flash build --log-file build/hello.bin
try flash build --trace build/storage.bin
try flash build/hello.elf --log-file build/bootloader/bootloader.bin
try flash build --log-file build/flash_args
try flash build --trace build/flasher_args.json
try flash build --monitor --save-log build/hello.bin
try flash build --monitor --save-log build/hello.elf --save-raw
"$ESPFLASH" -q save-image build build/flasher_args.json
sha256sum --quiet -c sums
# binary files that begin with zeros, and what cannot be a log of ours
head -c 100 /dev/zero >zeros
"$ESPFLASH" image-info build/hello.bin --log-file zeros
wc -c <zeros
# an earlier run's are replaced, and an empty file is none
: >empty
for run in first second; do
	"$ESPFLASH" board-info --log-file empty --trace trace -p socket://127.0.0.1:1 2>/dev/null
	echo "$run: $(grep -c 'espflash-c.*board-info' empty)"
done
# a saved log is appended, whatever it holds
printf '\351garbage at power on\n' >raw
"$ESPFLASH" monitor --save-log raw --save-raw -p socket://127.0.0.1:1 2>&1 | grep -c raw
# an exported bootloader does not replace the crate or archive that it comes from
"$ESPFLASH" -q bootloaders import bootloader.bin
file=$(find "$HOME" -name '*bootloader.bin')
"$ESPFLASH" bootloaders export --chip esp32c3 "$file" 2>&1 | grep -o 'is an input and would be overwritten'
