board --chip esp32s3
"$ESPFLASH" -q board-info --json
