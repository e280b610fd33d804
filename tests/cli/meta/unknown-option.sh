"$ESPFLASH" flash --partition-tabel x app.elf
