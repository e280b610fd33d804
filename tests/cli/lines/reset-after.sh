# Resets that need more than the lines use a loader, or fail.
board --chip esp32c3
"$ESPFLASH" reset --after no-reset && again && "$ESPFLASH" -q board-info --before no-reset --no-stub | head -1
again
"$ESPFLASH" -q reset --after no-reset-no-stub && again && "$ESPFLASH" board-info --before no-reset 2>&1 >/dev/null | grep -i stub
