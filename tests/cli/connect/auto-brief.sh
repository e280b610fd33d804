# A few exchanges are done before a stub and another rate would pay.
board --chip esp32c3 --quiet
unset ESPFLASH_BAUD
"$ESPFLASH" read-mac 2>&1 | sed 's/.*INFO \] //; /Serial port/d'
again
"$ESPFLASH" read-mem 0x3ff00000 2>&1 | grep -c 'stub\|Rate:'
