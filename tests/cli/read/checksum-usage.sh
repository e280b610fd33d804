"$ESPFLASH" checksum-md5 -p /nowhere 0x1000 0
"$ESPFLASH" checksum-md5 -p /nowhere 0x1000 some
"$ESPFLASH" checksum-md5 -p /nowhere 0xwhere 16
"$ESPFLASH" checksum-md5 -p /nowhere 0x1000
