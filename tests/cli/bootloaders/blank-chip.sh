# A blank chip boots with a bootloader that another tool brought. The chip's own one, if it works,
# comes before that of another tool, but not before espflash's.
elf=$SRC/tools/sample/sample-esp32c3.elf
program=$HOME/.cargo/bin/espflash
core=$HOME/.arduino15/packages/esp32/tools/esp32-arduino-libs/idf-5.3/esp32c3/bin
board --chip esp32c3 --flash flash.bin
flash() {
	"$ESPFLASH" flash --no-listen "$elf" >out 2>err
	echo "status $?"
	grep -o 'Bootloader: .*' err
	again
}
flash
sed -n 's/^ *hint: \(.*\)$/\1/p' err
mkdir -p "$core"
cp "$SRC/tests/cli/flash/ram.elf" "$core/bootloader_dio_80m.elf"
flash
"$ESPFLASH" -q read-flash 0 0x1000 head.bin
again
"$ESPFLASH" image-info head.bin | sed -n '/Flash/p;/digest/p'
flash
# a program with a bootloader in it, which says that it is one
mkdir -p "$HOME/.cargo/bin"
{
	printf '\177ELF\002\001\001'
	dd if=/dev/zero bs=1000 count=3
	cat "$(corpus bootloader/idf-esp32c3.bin)"
} >"$program" 2>/dev/null
flash
