# A raw socket has no rate, so nothing is said about it.
board --chip esp32c3 --quiet --listen socket://127.0.0.1:0
unset ESPFLASH_BAUD
"$ESPFLASH" board-info >out 2>&1 || cat out
grep -c 'Rate:' out
