# Nothing is known of a remote port: 460800. A rate that was given, in any way, stays that rate.
board --chip esp32c3 --quiet
unset ESPFLASH_BAUD
"$ESPFLASH" board-info | grep -c esp32c3
again
"$ESPFLASH" board-info -B auto 2>&1 | grep -c 'Rate: 460800'
again
ESPFLASH_BAUD=230400 "$ESPFLASH" board-info 2>&1 | grep -c 'Rate:'
again
ESPFLASH_BAUD=230400 "$ESPFLASH" board-info -B auto 2>&1 | grep -c 'Rate: 460800'
again
"$ESPFLASH" board-info -B fast
