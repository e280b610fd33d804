# Cargo runs the program as its runner, with the ELF of an esp-idf-sys project. The program finds
# the project's build around the ELF.
mkdir -p target/riscv32imc-esp-espidf/release/build/esp-idf-sys-0a1b/out/build/bootloader \
	target/riscv32imc-esp-espidf/release/build/esp-idf-sys-0a1b/out/build/partition_table
out=target/riscv32imc-esp-espidf/release
cp "$(corpus elf/esp-esp32c3.elf)" $out/app
cp "$(corpus bootloader/idf-esp32c3.bin)" $out/build/esp-idf-sys-0a1b/out/build/bootloader/bootloader.bin
printf '%s\n' 'nvs,data,nvs,0x9000,0x6000' 'main,app,factory,,2M' >t.csv
"$ESPFLASH" partition-table --to-binary -o $out/build/esp-idf-sys-0a1b/out/build/partition_table/partition-table.bin t.csv
board --chip esp32c3
# cargo passes the ELF and then the arguments after "--".
"$ESPFLASH" flash --monitor --non-interactive --progress none $out/app </dev/null >/dev/null 2>log &
run=$!
await 'Flashing has completed' log
kill -INT $run
wait $run
grep -o -e "esp-idf-sys build.*" -e 'Flashing has completed!' log | sed 's/: .*//'
again
"$ESPFLASH" -q read-flash 0x8000 0xc00 table.bin && "$ESPFLASH" partition-table --to-csv table.bin
# Without the build folder the program uses the copies that esp-idf-sys leaves beside the ELF.
mv $out/build/esp-idf-sys-0a1b/out/build/bootloader/bootloader.bin $out/
mv $out/build/esp-idf-sys-0a1b/out/build/partition_table/partition-table.bin $out/
rm -r $out/build
"$ESPFLASH" save-image --merge --chip esp32c3 --skip-padding $out/app all.bin 2>&1 | grep -o "'.*esp-idf-sys build"
