# Known before the port is opened; a full device is found out while writing.
"$ESPFLASH" -q read-flash -p /nowhere 0 16 no/folder.bin
echo $?
board --chip esp32c3
"$ESPFLASH" -q read-flash --json 0 16 /dev/full
