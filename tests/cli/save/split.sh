# A folder with the parts and the lists that other tools read; it may be written again, but
# nothing that others wrote is replaced.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
cp "$(corpus bootloader/idf-esp32c3.bin)" bootloader.bin
idf_build esp32c3 0x0
save() {
	"$ESPFLASH" -q save-image "$@" >/dev/null
}
save --split out build && ls out
cat out/README.txt out/flash_args out/manifest.json out/flasher_args.json
# the bootloader has the flash settings of the build
for part in partition-table:table otadata:otadata app:app storage:storage; do
	cmp "out/${part%:*}.bin" "${part#*:}.bin"
done
echo '-- again, from files with addresses, whose names are unsafe'
for name in 'a b;$(c).bin' ..bin .bin 'nul.BIN' flash_files.bin flash_settings 'o_.bin' 'o!.bin' "$(printf '\303\244\n.bin')"; do
	cp storage.bin "$name"
done
save --chip esp32c3 --split out 0x10000 'a b;$(c).bin' 0x20000 ..bin 0x30000 .bin 0x40000 nul.BIN 0x50000 flash_files.bin \
	0x60000 flash_settings 0x70000 'o_.bin' 0x80000 'o!.bin' 0x90000 "$(printf '\303\244\n.bin')" && cat out/flash_args
"$ESPFLASH" -q flash --dry-run out | tail -n 3
echo '-- from an ELF'
save --split elf --bootloader bootloader.bin --partition-table table.csv --target-app-partition ota_0 build/hello.elf &&
	cat elf/flash_args
echo '-- a file and a folder'
save --merge build all.bin --split both && ls all.bin both
echo '-- refused'
mkdir mine empty
echo precious >mine/flash_args
save --split mine build || echo $?
cat mine/flash_args
save --split empty build || echo $?
save --split build build || echo $?
save --split out out || echo $?
save --split out 0x10000 out/app.bin || echo $?
echo file >plain
save --split plain build || echo $?
save --split no/folder build || echo $?
save --split one --openocd two build || echo $?
save --split other app.bin || echo $?
ls other 2>&1
exit 0
