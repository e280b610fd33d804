board --chip esp32c3 --listen socket://127.0.0.1:0
"$ESPFLASH" -q reset
