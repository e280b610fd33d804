# Read and write one word of RAM, with and without the stub, on both families. A mask protects bits.
for chip in esp32:0x3ffb0000 esp32c3:0x3fcb0000; do
	for how in '' --no-stub; do
		board --chip "${chip%:*}"
		# shellcheck disable=SC2086
		{
			"$ESPFLASH" -q write-mem $how --after no-reset-no-stub "${chip#*:}" 0x12345678 && again
			"$ESPFLASH" -q write-mem $how --before no-reset --after no-reset-no-stub "${chip#*:}" 0xffff0000 0x00ff00ff 2>/dev/null && again
			"$ESPFLASH" -q read-mem $how --before no-reset "${chip#*:}" 2>/dev/null
		}
		kill "$(cat board.pid)"
		rm -f board.url
	done
done
