# The value of --wait must be attached. A separate word is the next argument.
for args in 'board-info --wait 30' 'erase-parts nvs --wait 30' 'write-bin 0 x.bin --wait 30' \
		'read-flash --wait 30 0 16 x.bin'; do
	# shellcheck disable=SC2086
	"$ESPFLASH" $args
done
echo x >x.bin
# In these command lines --wait has its value.
for args in 'write-bin 0x1000 x.bin --wait=1 0x2000 x.bin' 'write-bin --wait=1 0x1000 x.bin' \
		'erase-parts --wait=1 nvs'; do
	# shellcheck disable=SC2086
	"$ESPFLASH" -q $args --port /dev/ttyNOWHERE 2>&1 | head -1
done
