# Parts that the build wants encrypted: plain where flash encryption is off, as idf.py flash writes
# them before the bootloader encrypts; where it is on, the chip encrypts them, and starts from that.
# In release mode it can't, and nothing is written.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
idf_build esp32c3 0x0
sed -i '/"storage"/!s/"encrypted" : "false"/"encrypted" : "true"/; /"storage"/s/"true"/"false"/' build/flasher_args.json
set_header bootloader.bin 040
flash_of 4194304 0x0 bootloader.bin 0x8000 table.bin 0xd000 otadata.bin 0x10000 app.bin 0x210000 storage.bin
writes build esp32c3
"$ESPFLASH" flash --dry-run build | grep -c 'to be encrypted'
# The words behind --encrypt-files, as esptool takes them from a file.
printf '%s\n' '--flash-mode dio 0x210000 storage.bin' '--encrypt-files 0x0 bootloader/bootloader.bin' \
	'0x10000 hello.bin --flash-size 4MB 0x8000 partition_table/partition-table.bin' >build/enc_args
"$ESPFLASH" flash --dry-run --chip esp32c3 build/enc_args | grep -c 'bin  (to be encrypted)'
used_flash 4194304
cp flash.bin was.bin
board --chip esp32c3 --flash flash.bin --encryption development
"$ESPFLASH" -q flash --require-start --json build | grep -o '"result":[^,}]*' | tr -d '\t'
dd if=flash.bin bs=65536 skip=33 count=1 2>/dev/null | cmp - storage.bin && echo 'storage is plain'
kill "$(cat board.pid)"
rm board.url
cp was.bin flash.bin
board --chip esp32c3 --flash flash.bin --encryption release
"$ESPFLASH" -q flash build >/dev/null
echo $?
cmp flash.bin was.bin && echo 'as before'
