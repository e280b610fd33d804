# 8 bytes of header (entry 0x40100010), then one segment.
printf '\351\1\0\100\020\0\020\100\0\0\020\100\004\0\0\0abcd\0\0\0\0\0\0\0\0\0\0\0\0' >e.bin
"$ESPFLASH" image-info e.bin
