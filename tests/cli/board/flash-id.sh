board --chip esp32c3 --size 8MB
"$ESPFLASH" -q flash-id && again && "$ESPFLASH" -q flash-id --json
