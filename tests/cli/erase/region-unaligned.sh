# A misaligned region is an error before the port is opened.
"$ESPFLASH" erase-region -p /nowhere 0x1001 0x1000
"$ESPFLASH" erase-region -p /nowhere 0x1000 0x1001
"$ESPFLASH" erase-region -p /nowhere 0x1000 0
"$ESPFLASH" erase-region -p /nowhere 0x1000
