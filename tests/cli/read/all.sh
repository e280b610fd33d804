# Read the whole flash, and check the messages. Only the output file stays.
counted 1024
board --chip esp32c3 --flash flash.bin
"$ESPFLASH" read-flash 0 ALL copy.bin && cmp flash.bin copy.bin && ls
