# A small file that unpacks to more than the limit takes little memory, whatever its trailer claims.
head -c 300M /dev/zero | gzip -1 >bomb.bin.gz
cp bomb.bin.gz liar.bin.gz
size=$(wc -c <liar.bin.gz)
printf '\000\020\000\000' | dd of=liar.bin.gz bs=1 seek=$((size - 4)) conv=notrunc 2>/dev/null
dd if=/dev/zero of=big bs=1M count=0 seek=300 2>/dev/null
tar cf - big | gzip -1 >bomb.tar.gz
if ! command -v prlimit >/dev/null; then
	echo 'no prlimit' >&3
	exit 77
fi
# AddressSanitizer needs more address space than that
limit=--as=200000000
prlimit $limit "$ESPFLASH" --version >/dev/null 2>&1 || limit=
for f in bomb.bin.gz liar.bin.gz bomb.tar.gz; do
	# shellcheck disable=SC2086
	prlimit $limit "$ESPFLASH" image-info $f 2>&1 | head -1
done
# A file of the kernel that seems to be an empty one: its end is where it would have to wait.
if [ "$(id -u)" = 0 ] && [ -r /proc/kmsg ] && command -v timeout >/dev/null; then
	timeout -s KILL 20 "$ESPFLASH" image-info /proc/kmsg >out 2>&1
	[ $? -lt 100 ] || echo 'image-info /proc/kmsg does not end'
fi
