# What anybody can put into a shared folder is not "the project's".
mkdir -p mine build/bootloader build/partition_table
cp "$(corpus elf/esp-esp32c3.elf)" mine/app.elf
cp "$(corpus bootloader/idf-esp32c3.bin)" build/bootloader/bootloader.bin
cp "$(corpus partitions/partitions_singleapp_large.bin)" build/partition_table/partition-table.bin
chmod 644 build/bootloader/bootloader.bin
chmod 646 build/partition_table/partition-table.bin
"$ESPFLASH" save-image --merge --chip esp32c3 mine/app.elf a.bin
chmod 646 build/bootloader/bootloader.bin
"$ESPFLASH" save-image --merge --chip esp32c3 mine/app.elf b.bin
