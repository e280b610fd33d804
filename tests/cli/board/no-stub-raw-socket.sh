# A raw socket has no control lines: the program warns, and connects to a board that is in download
# mode already.
board --chip esp32s3 --listen socket://127.0.0.1:0
"$ESPFLASH" board-info --no-stub --after no-reset
