# If the output is a link to a missing file, the program creates that file and keeps the link.
counted 1024
board --chip esp32c3 --flash flash.bin
mkdir build && ln -s build/out.bin link && ln -s nowhere/out.bin lost
"$ESPFLASH" -q read-flash 0x1000 16 link >/dev/null && readlink link && cat build/out.bin
"$ESPFLASH" -q read-flash 0x1000 16 lost
echo $? && readlink lost
