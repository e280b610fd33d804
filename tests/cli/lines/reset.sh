# The reset uses only the lines and sends no byte.
board --chip esp32c3 --factory
"$ESPFLASH" --trace log reset && again && grep '^[!>]' log
