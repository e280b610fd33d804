# With --progress json every line of standard error is an object, also after an error.
board --chip esp32c3 --factory
counted 2
"$ESPFLASH" --progress json write-bin --no-skip 0x10000 flash.bin 2>err >/dev/null
sed -e 's/"bytes_per_second":[0-9][0-9]*/"bytes_per_second":N/' -e '/"log"/d' err
grep -vc '^{.*}$' err
again
"$ESPFLASH" --progress json -q write-bin 0x10000 nowhere.bin 2>err
cat err
