board --chip esp32c3 --factory
"$ESPFLASH" --trace log hold-in-reset --for 0 && again && grep '^[!>]' log
