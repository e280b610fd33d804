# tar archives, packed by gzip and not: a build, one file, names that lead out, and broken ones.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
idf_build esp32c3 0x0
tar cf dot.tar -C build .
tar czf build.tar.gz build
{
	cp bootloader.bin want-boot.bin
	printf '\2\040' | dd of=want-boot.bin bs=1 seek=2 conv=notrunc 2>/dev/null # dio, 4MB and 40m
	set_digest want-boot.bin "$(wc -c <want-boot.bin)"
}
flash_of 4194304 0x0 want-boot.bin 0x8000 table.bin 0xd000 otadata.bin 0x10000 app.bin 0x210000 storage.bin
writes build.tar.gz esp32c3
export ESPFLASH_PORT=/dev/nonexistent
plan() {
	"$ESPFLASH" flash --dry-run "$1" >out && head -n 2 out
}
plan dot.tar
ln -s /etc/passwd build/zz.bin # links are nothing
tar czf link.tgz build
plan link.tgz
tar czf one.tgz app.bin table.csv
plan one.tgz
tar czf two.tgz app.bin bootloader.bin
plan two.tgz
mkdir in
(cd in && tar czPf ../up.tgz ../app.bin)
plan up.tgz
tar czPf abs.tgz "$PWD/app.bin"
"$ESPFLASH" flash --dry-run abs.tgz 2>&1 | sed 's|/.*/app|/PATH/app|'
head -c 20000 dot.tar >cut.tar
plan cut.tar
: >empty
yes empty | head -n 5000 | tar czf many.tgz --hard-dereference -T -
plan many.tgz
gzip -c one.tgz >twice.gz
plan twice.gz
printf '\3757zXZ\0' >build.tar.xz
plan build.tar.xz
