# verify-flash of what 'flash' takes: the whole plan is compared, with the header as it is written.
# write-bin without an address writes the same, and a turned pair is understood.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
idf_build esp32c3 0x0
used_flash 4194304
board --chip esp32c3 --flash flash.bin
quiet() {
	"$ESPFLASH" -q "$@" >/dev/null
	echo "$*: $?"
	again
}
quiet write-bin --after no-reset-no-stub build
quiet verify-flash --after no-reset-no-stub build
"$ESPFLASH" -q verify-flash --json build/flash_args | tr -d ' \n\t' | grep -o '"is_same":[a-z]*' | sort | uniq -c
again
"$ESPFLASH" verify-flash --after no-reset-no-stub build 2>&1 | sed 's/^[^]]*\] //' # the app ran
again
printf 'x' | dd of=build/storage.bin bs=1 seek=100 conv=notrunc 2>/dev/null
quiet verify-flash build
quiet verify-flash --keep-fs build
quiet write-bin storage.bin 0x210000
quiet verify-flash build/storage.bin 0x210000
printf 'y' | dd of=build/hello.bin bs=1 seek=99 conv=notrunc 2>/dev/null
quiet verify-flash build/hello.bin
quiet verify-flash build

export ESPFLASH_PORT=/dev/nonexistent
for arguments in 'write-bin build/hello.elf' 'write-bin 0x1000' 'write-bin nothing' \
	'write-bin --exact build' 'write-bin --erase-all build' 'verify-flash --keep-fs 0 table.bin' \
	'write-bin build/storage.bin' 'write-bin hello 0x1000' 'image-info --chip esp32 app.bin' \
	'image-info --keep-fs app.bin'; do
	# shellcheck disable=SC2086
	quiet $arguments
done
