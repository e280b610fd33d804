# Intel HEX and UF2: only what they have is written.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
command -v node >/dev/null || { echo 'no node' >&3; exit 77; }
command -v objcopy >/dev/null || { echo 'no objcopy' >&3; exit 77; }
idf_parts esp32c3
for part in 0:bootloader 0x8000:table 0xd000:otadata 0x10000:app; do
	objcopy -I binary -O ihex --change-addresses "${part%:*}" "${part#*:}.bin" part.hex
	grep -v ':00000001FF' part.hex
done | tr -d '\r' >fw.hex
echo ':00000001FF' >>fw.hex
cat >uf2.js <<'END'
// uf2.js OUT FAMILY PAYLOAD [ADDRESS FILE]...: as esptool merge-bin --format uf2 does, without MD5
// (github.com/microsoft/uf2 says what a block is).
const fs = require('fs'), [, , out, family, payload, ...rest] = process.argv, blocks = [];
for (let i = 0; i < rest.length; i += 2) {
	const data = fs.readFileSync(rest[i + 1]), size = Number(payload), count = Math.ceil(data.length / size);
	for (let n = 0; n < count; n++) {
		const block = Buffer.alloc(512), part = data.subarray(n * size, (n + 1) * size);
		[0x0a324655, 0x9e5d5157, 0x2000, Number(rest[i]) + n * size, part.length, n, count, Number(family)]
			.forEach((word, k) => block.writeUInt32LE(word, 4 * k));
		part.copy(block, 32);
		block.writeUInt32LE(0x0ab16f30, 508);
		blocks.push(block);
	}
}
fs.writeFileSync(out, Buffer.concat(blocks));
END
node uf2.js fw.uf2 0xd42ba06c 256 0 bootloader.bin 0x8000 table.bin 0xd000 otadata.bin 0x10000 app.bin
node uf2.js wide.uf2 0xd42ba06c 476 0 bootloader.bin 0x8000 table.bin 0xd000 otadata.bin 0x10000 app.bin
flash_of 4194304 0 bootloader.bin 0x8000 table.bin 0xd000 otadata.bin 0x10000 app.bin
for thing in fw.hex fw.uf2 wide.uf2; do
	used_flash 4194304
	board --chip esp32c3 --flash flash.bin
	"$ESPFLASH" -q flash --after no-reset-no-stub $thing >/dev/null && cmp flash.bin want.bin && echo "$thing: right"
	again
	kill "$(cat board.pid)"
	rm board.url
done
export ESPFLASH_PORT=/dev/nonexistent
"$ESPFLASH" flash --dry-run fw.hex
# CircuitPython's form: the app, counted from its partition
node uf2.js app.uf2 0xd42ba06c 256 0 app.bin
"$ESPFLASH" flash --dry-run app.uf2 | tail -n 1
node uf2.js other.uf2 0xc47e5767 256 0x10000 storage.bin
cat fw.uf2 other.uf2 >both.uf2
"$ESPFLASH" flash --dry-run both.uf2
"$ESPFLASH" flash --dry-run --chip esp32s3 both.uf2 | tail -n 1
node uf2.js pico.uf2 0xe48bff56 256 0x10000 app.bin
"$ESPFLASH" flash --dry-run pico.uf2
head -c 51300 fw.uf2 >cut.uf2
"$ESPFLASH" flash --dry-run cut.uf2
head -n 20 fw.hex >cut.hex
"$ESPFLASH" flash --dry-run cut.hex
sed '3s/^:10/:0F/' fw.hex >sum.hex
"$ESPFLASH" flash --dry-run sum.hex
sed '3s/.$/x/' fw.hex >digit.hex
"$ESPFLASH" flash --dry-run digit.hex
cat fw.hex fw.hex | grep -v 01FF >twice.hex && echo ':00000001FF' >>twice.hex
"$ESPFLASH" flash --dry-run twice.hex

# files that touch: only the table tells where one ends
yes phy | head -c 4096 >phy.bin
node uf2.js touch.uf2 0xd42ba06c 256 0 bootloader.bin 0x8000 table.bin 0xd000 otadata.bin 0xf000 phy.bin 0x10000 app.bin
"$ESPFLASH" flash --dry-run touch.uf2
# any order of the blocks, and all of them
node -e 'const fs = require("fs"), f = fs.readFileSync("touch.uf2"), b = [];
for (let i = 0; i < f.length; i += 512) b.push(f.subarray(i, i + 512));
fs.writeFileSync("back.uf2", Buffer.concat(b.reverse()));
fs.writeFileSync("gap.uf2", Buffer.concat(b.slice(0, 50).concat(b.slice(51))));
fs.writeFileSync("double.uf2", Buffer.concat(b.concat(b.slice(0, 1))));'
"$ESPFLASH" flash --dry-run touch.uf2 >touch.out
"$ESPFLASH" flash --dry-run back.uf2 | sed s/back/touch/ | cmp - touch.out && echo 'backwards: the same'
"$ESPFLASH" flash --dry-run gap.uf2
"$ESPFLASH" flash --dry-run double.uf2
# a merged file in this form, with its padding
"$ESPFLASH" -q save-image --chip esp32c3 -o merged.bin 0 bootloader.bin 0x8000 table.bin 0x10000 app.bin >/dev/null
node uf2.js merged.uf2 0xd42ba06c 256 0 merged.bin
"$ESPFLASH" flash --dry-run merged.uf2
# what a linker has: zephyr.hex
printf ':020000044200B8\n:0400000001020304F2\n:00000001FF\n' >linked.hex
"$ESPFLASH" flash --dry-run linked.hex
# among files with places of their own, a HEX file is taken as it is
"$ESPFLASH" -q save-image --chip esp32c3 --format hex -o merged.hex 0 merged.bin >/dev/null
"$ESPFLASH" -q save-image --chip esp32c3 -o again.bin 0 merged.hex >/dev/null
cmp again.bin merged.bin && echo 'again: right'
