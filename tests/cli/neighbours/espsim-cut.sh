# Another program cuts the flash's file short while the board uses it.
board --chip esp32c3 --size 1MB --flash flash.bin
: >flash.bin
"$ESPFLASH" -q checksum-md5 0 0x1000 --connect-timeout 3 >out 2>&1
[ $? -gt 1 ] && echo 'the command fails'
wait "$(cat board.pid)"
echo "espsim: $?"
grep -h error board.log
