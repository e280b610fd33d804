# The flash of this board is worn out.
printf 'hello' >a.bin
board --chip esp32c3 --fault corrupt-flash=0x10002
"$ESPFLASH" -q write-bin 0x10000 a.bin >/dev/null
echo $?
again
"$ESPFLASH" -q write-bin --no-verify --no-skip 0x10000 a.bin >/dev/null && echo "not looked at"
