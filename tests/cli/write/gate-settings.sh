# -f, -m and -s set the bootloader's header as esptool 5.3.1 does: merge-bin -fm qio -ff 80m -fs 8MB.
board --chip esp32 --size 8MB --flash flash.bin
cp "$(corpus bootloader/idf-esp32.bin)" boot.bin
"$ESPFLASH" -q write-bin --no-listen -m qio -f 80mhz -s 8mb 0x1000 boot.bin >/dev/null
echo $?
dd if=flash.bin bs=4096 skip=1 2>/dev/null | head -c "$(wc -c <boot.bin)" | sha256sum | cut -d' ' -f1
again
# without them nothing is changed, and verify-flash says by what the file differs
"$ESPFLASH" verify-flash 0x1000 boot.bin 2>&1 | grep 'are the same'
again
"$ESPFLASH" verify-flash -m qio -f 80mhz -s 8mb 0x1000 boot.bin 2>&1 | grep 'are the same'
again
"$ESPFLASH" -q verify-flash -m dio 0x1000 boot.bin
echo $?
again
"$ESPFLASH" -q write-bin --no-listen 0x1000 boot.bin >/dev/null
dd if=flash.bin bs=4096 skip=1 2>/dev/null | head -c "$(wc -c <boot.bin)" | cmp - boot.bin && echo 'as the file'
# a header for a larger flash, and a digest that was not renewed
{ head -c 3 boot.bin && printf '\100' && tail -c +5 boot.bin; } >large.bin
again
"$ESPFLASH" -q write-bin --no-listen 0x1000 large.bin >/dev/null
echo $?
again
"$ESPFLASH" -q write-bin --no-listen -s 8mb 0x1000 large.bin >/dev/null
echo $?
dd if=flash.bin bs=4096 skip=1 2>/dev/null | head -c "$(wc -c <boot.bin)" >now.bin
"$ESPFLASH" -q image-info now.bin | grep -i -e 'flash size' -e 'SHA'
again
"$ESPFLASH" -q write-bin --no-listen -f 80mhz 0x200000 boot.bin >/dev/null
echo $?
# esptool's words: 'write-flash -ff 80m -fm qio -fs 8MB' is the first line of this case; 'keep' changes nothing
again
"$ESPFLASH" -q write-bin --no-listen --no-skip --flash-mode qio --flash-freq 80m --flash-size 8MB 0x1000 boot.bin >/dev/null
dd if=flash.bin bs=4096 skip=1 2>/dev/null | head -c "$(wc -c <boot.bin)" | sha256sum | cut -d' ' -f1
again
"$ESPFLASH" -q write-bin --no-listen --flash-mode keep --flash-freq keep --flash-size keep 0x1000 boot.bin >/dev/null
dd if=flash.bin bs=4096 skip=1 2>/dev/null | head -c "$(wc -c <boot.bin)" | cmp - boot.bin && echo 'as the file'
# detect: the flash has 8 MB, the fourth byte's upper half is 3
again
"$ESPFLASH" -q write-bin --no-listen --flash-size detect 0x1000 boot.bin >/dev/null
dd if=flash.bin bs=1 skip=4099 count=1 2>/dev/null | od -An -tx1
again
"$ESPFLASH" -q verify-flash --flash-size detect 0x1000 boot.bin
echo $?
