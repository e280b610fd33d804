# Where nothing is known, the status is 0, and 10 with --require-start.
elf=$SRC/tools/sample/sample-esp32c3.elf
board --chip esp32c3 --factory --app-rate 921600 --rom-rate 74880
"$ESPFLASH" flash -q "$elf" >/dev/null
echo $?
again
"$ESPFLASH" flash -q --require-start "$elf" >/dev/null
echo $?
again
"$ESPFLASH" run -q --require-start
echo $?
"$ESPFLASH" save-image -q --chip esp32c3 "$elf" app.bin >/dev/null
again
"$ESPFLASH" write-bin -q --require-start 0x10000 app.bin >/dev/null
echo $?
kill "$(cat board.pid)"
exec 9<&-
rm board.url
board --chip esp32c3 --factory
"$ESPFLASH" flash -q --require-start "$elf" >/dev/null && again && "$ESPFLASH" run -q --require-start
echo $?
# What makes it meaningless is refused.
"$ESPFLASH" flash -p /nowhere --require-start --no-listen "$elf"
"$ESPFLASH" flash -p /nowhere --require-start --monitor "$elf"
"$ESPFLASH" flash -p /nowhere --require-start --after no-reset "$elf"
"$ESPFLASH" flash -p /nowhere --require-start --ram "$elf"
"$ESPFLASH" write-bin -p /nowhere --require-start --no-listen 0 "$elf"
