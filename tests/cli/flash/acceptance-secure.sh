# shellcheck disable=SC1091,SC2016
. "$SRC/tests/cli/acceptance.sh"
elf=$(corpus elf/esp-esp32c6.elf)
board --chip esp32c6 --secure-download --flash flash.bin
run board-info
ok board-info 'grep -q "^Chip type:" out'
run save-image --chip esp32c6 "$elf" app.bin
run write-bin 0x10000 app.bin
part flash.bin 65536 "$(wc -c <app.bin)" x.bin
ok write-bin 'grep -q "Binary successfully written to flash!" err && cmp x.bin app.bin'
run flash "$elf"
ok flash 'grep -q "Flashing has completed!" err'
run erase-region 0x10000 0x1000
ok erase-region '[ $status -eq 0 ]'
run reset
ok reset 'grep -q "Resetting target device" err'
