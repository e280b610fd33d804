board --chip esp32c6 --secure-download
"$ESPFLASH" board-info
