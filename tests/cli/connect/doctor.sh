# A healthy board: each sequence, the chip, the line. Nothing is written.
board --chip esp32c3 --factory --flash flash.bin
before=$(digest flash.bin)
"$ESPFLASH" -q doctor </dev/null | grep -v " ms: no reset\| ms: classic"
[ "$(digest flash.bin)" = "$before" ] && echo 'flash as before'
