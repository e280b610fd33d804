# Nothing can reset this board, so doctor returns to the first rate after it has measured another
# one.
board --chip esp32c3 --factory --circuit none-download
"$ESPFLASH" -q doctor --before no-reset </dev/null | grep -A7 '^The line'
again
# the loader that stays is found at the first rate
"$ESPFLASH" -q board-info --before no-reset </dev/null | head -n 1
