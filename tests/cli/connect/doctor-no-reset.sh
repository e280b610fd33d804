# A board that nothing can reset: each rate is measured from the first one on again.
board --chip esp32c3 --factory --circuit none-download
"$ESPFLASH" -q doctor --before no-reset </dev/null | grep -A7 '^The line'
again
# what stays there is found at the first rate
"$ESPFLASH" -q board-info --before no-reset </dev/null | head -n 1
