# The program skips a file that it found by itself and that does not fit, and says so.
mkdir -p build/bootloader home/bootloaders
cp "$(corpus elf/esp-esp32c3.elf)" build/app.elf
cp "$(corpus bootloader/idf-esp32.bin)" build/bootloader/bootloader.bin
export XDG_DATA_HOME="$PWD/data"
mkdir -p data/espflash-c/bootloaders
cp "$(corpus bootloader/idf-esp32c3.bin)" data/espflash-c/bootloaders/esp32c3-bootloader.bin
"$ESPFLASH" save-image --merge --chip esp32c3 build/app.elf a.bin
