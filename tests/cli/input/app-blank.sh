# An app in a file on a blank chip gets what an ELF gets: a bootloader of this machine, or the one
# that is named, and a table. The flash is the one that the same parts at their addresses make.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
idf_parts esp32c3
try() {
	rm -f flash.bin
	board --chip esp32c3 --size 4MB --flash flash.bin
	"$ESPFLASH" flash --after no-reset-no-stub "$@" app.bin 2>log >/dev/null
	echo "status $?"
	grep -o -e 'The chip is blank.*' -e 'Bootloader: .*' -e 'Partition table: .*' -e 'error: .*' log
	again
	kill "$(cat board.pid)"
	rm board.url
	[ ! -e want.bin ] || cmp flash.bin want.bin && echo 'as wanted'
}
# flash_of fills up with 0x55, and a blank chip has 0xff there
blank_flash_of() {
	flash_of "$@"
	tr '\125' '\377' <want.bin >want.blank
	shift
	while [ $# -gt 0 ]; do
		dd if="$2" of=want.blank bs=4096 seek=$(($1 / 4096)) conv=notrunc 2>/dev/null
		shift 2
	done
	mv want.blank want.bin
}
preview() {
	ESPFLASH_PORT=/dev/nonexistent "$ESPFLASH" flash --dry-run "$@" app.bin 2>&1 >/dev/null | sed 's/^[^]]*INFO \] //'
}
echo none is found
preview
rm -f want.bin
try | grep -v 'as wanted'
sed -n 's/^ *hint: //p' log
# the bootloader's header gets the size of the flash, which esptool's -fs 4MB sets, too
printf '%s\n' 'nvs,data,nvs,0x9000,0x6000' 'phy_init,data,phy,0xf000,0x1000' \
	'factory,app,factory,0x10000,0x3f0000' >default.csv
"$ESPFLASH" -q partition-table --to-binary -o default.bin default.csv
"$ESPFLASH" -q save-image --chip esp32c3 --flash-size 4mb -o patched.bin 0 bootloader.bin >/dev/null
blank_flash_of 4194304 0 patched.bin 0x8000 default.bin 0x10000 app.bin
echo the one that is named
try --bootloader bootloader.bin
echo one of this machine
mkdir -p "$HOME/.cargo/bin"
{
	printf '\177ELF\002\001\001'
	head -c 3001 /dev/zero
	cat bootloader.bin
} >"$HOME/.cargo/bin/espflash"
try
preview | sed "s|'.*/.cargo|'HOME/.cargo|"
echo with a table
preview --bootloader bootloader.bin --partition-table table.csv
preview --bootloader table.csv
blank_flash_of 4194304 0 patched.bin 0x8000 table.bin 0x10000 app.bin
try --partition-table table.csv
echo a chip that is not blank
used_flash 4194304
board --chip esp32c3 --flash flash.bin
"$ESPFLASH" -q flash app.bin >/dev/null
again
"$ESPFLASH" -q flash --bootloader bootloader.bin app.bin >/dev/null
again
"$ESPFLASH" -q flash --after no-reset-no-stub --bootloader bootloader.bin --partition-table table.csv app.bin >/dev/null
again
kill "$(cat board.pid)"
flash_of 4194304 0 patched.bin 0x8000 table.bin 0x10000 app.bin
cmp flash.bin want.bin && echo 'as wanted'
idf_build esp32c3 0x0
ESPFLASH_PORT=/dev/nonexistent "$ESPFLASH" flash --bootloader bootloader.bin build
