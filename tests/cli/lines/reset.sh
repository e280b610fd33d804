# By the lines alone: not a byte is sent.
board --chip esp32c3 --factory
"$ESPFLASH" --trace log reset && again && grep '^[!>]' log
