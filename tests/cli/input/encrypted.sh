# Parts that the build wants encrypted: plain where flash encryption is off, as idf.py flash writes
# them before the bootloader encrypts; one error where it is on, and nothing is written.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
idf_build esp32c3 0x0
sed -i 's/"encrypted" : "false"/"encrypted" : "true"/' build/flasher_args.json
set_header bootloader.bin 040
flash_of 4194304 0x0 bootloader.bin 0x8000 table.bin 0xd000 otadata.bin 0x10000 app.bin 0x210000 storage.bin
writes build esp32c3
used_flash 4194304
cp flash.bin was.bin
board --chip esp32c3 --flash flash.bin --encryption development
"$ESPFLASH" -q flash build >/dev/null
echo $?
again
"$ESPFLASH" -q flash --json build | grep -c UNSUPP
cmp flash.bin was.bin && echo 'as before'
