# A register need not keep what is written. Then it is said that nothing confirms it.
board --chip esp32c3
echo "the SPI controller clears the bit that starts a command:"
"$ESPFLASH" -q write-mem 0x60002000 0x40000
again
"$ESPFLASH" -q write-mem --json 0x60002000 0x40000 2>/dev/null | grep confirmed
again
"$ESPFLASH" -q write-mem --json 0x3fc90000 0x12345678 | grep confirmed
