# A bad path is an error before the port is opened. A full device shows only while writing.
"$ESPFLASH" -q read-flash -p /nowhere 0 16 no/folder.bin
echo $?
board --chip esp32c3
"$ESPFLASH" -q read-flash --json 0 16 /dev/full
