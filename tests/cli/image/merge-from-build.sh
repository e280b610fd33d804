# The program finds the bootloader and the table in the project's own build without options.
mkdir -p build/bootloader build/partition_table
cp "$(corpus elf/esp-esp32c3.elf)" build/app.elf
cp "$(corpus bootloader/idf-esp32c3.bin)" build/bootloader/bootloader.bin
cp "$(corpus partitions/partitions_singleapp_large.bin)" build/partition_table/partition-table.bin
"$ESPFLASH" save-image --merge --chip esp32c3 build/app.elf a.bin
