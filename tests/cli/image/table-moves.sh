# The default table moves with its offset, and what is behind it makes room.
elf=$(corpus elf/esp-esp32c3.elf)
for at in 0x8000 0x10000; do
	"$ESPFLASH" -q save-image --chip esp32c3 --merge --skip-padding --bootloader "$(corpus bootloader/idf-esp32c3.bin)" \
		--partition-table-offset $at "$elf" all.bin >out && dd if=all.bin of=t.bin bs=4096 skip=$((at / 4096)) count=1 2>/dev/null &&
		head -c 3072 t.bin >u.bin && "$ESPFLASH" partition-table --partition-table-offset $at --to-csv u.bin
done
