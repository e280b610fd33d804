# '-' and /dev/stdout: only the flash's content goes there, after what the file has already.
counted 1024
board --chip esp32c3 --flash flash.bin
"$ESPFLASH" -q read-flash 8 16 - 2>log | cat && head -1 log
again
"$ESPFLASH" -q read-flash 0x10 8 /dev/stdout 2>/dev/null | cat
echo kept >out.bin
again
"$ESPFLASH" -q read-flash 0x3ff8 8 /dev/stdout >>out.bin 2>/dev/null
cat out.bin
ls
# The content and the JSON can't both go to standard output.
"$ESPFLASH" read-flash 0 8 - --json
echo $?
# verify-flash reads a file from a pipe, too.
tail -c 5000 flash.bin | "$ESPFLASH" -q verify-flash 0x3fec78 - && echo verified
