# A raw socket has no lines: a warning, and a board that is in download mode by itself.
board --chip esp32s3 --listen socket://127.0.0.1:0
"$ESPFLASH" board-info --no-stub --after no-reset
