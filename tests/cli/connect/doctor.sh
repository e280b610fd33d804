# On a healthy board doctor reports each sequence, the chip and the line, and writes nothing.
board --chip esp32c3 --factory --flash flash.bin
before=$(digest flash.bin)
"$ESPFLASH" -q doctor </dev/null | grep -v " ms: no reset\| ms: classic"
[ "$(digest flash.bin)" = "$before" ] && echo 'flash as before'
