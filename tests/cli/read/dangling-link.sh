# A link to a file that isn't there yet stays one, and is no reason to lose it.
counted 1024
board --chip esp32c3 --flash flash.bin
mkdir build && ln -s build/out.bin link && ln -s nowhere/out.bin lost
"$ESPFLASH" -q read-flash 0x1000 16 link >/dev/null && readlink link && cat build/out.bin
"$ESPFLASH" -q read-flash 0x1000 16 lost
echo $? && readlink lost
