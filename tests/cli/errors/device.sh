# A device whose content has no end is no file: nothing is waited for. What is standard input may
# have a name, too.
for device in /dev/ptmx /dev/zero /dev/null /dev/kmsg; do
	[ -r $device ] || continue
	for words in image-info partition-table 'bootloaders import' 'save-image --chip esp32c3 -o out'; do
		# shellcheck disable=SC2086
		timeout 200 "$ESPFLASH" $words $device >/dev/null 2>err </dev/null
		[ $? = 6 ] || echo "$words $device: $(head -n 1 err)"
	done
done
timeout 200 "$ESPFLASH" image-info /dev/ptmx 2>&1
# one that always has more bytes is left with the first ones, not at the limit of a file's size
timeout 200 "$ESPFLASH" image-info /dev/zero 2>&1
timeout 200 "$ESPFLASH" image-info - 2>&1 </dev/zero
keys 24x80 '' 'app,app,factory,0x10000,1M\r' ',1M' '\x04' -- "$ESPFLASH" partition-table /dev/stdin
grep -ac 1024KiB terminal
