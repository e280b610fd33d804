board --chip esp32s3
"$ESPFLASH" -q read-mac && again && "$ESPFLASH" -q read-mac --no-stub --json
