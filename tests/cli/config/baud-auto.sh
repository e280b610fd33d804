# "auto" is a rate, in a file and in the environment; a quoted number is none.
echo 'baudrate = "auto"' >espflash.toml
"$ESPFLASH" config | grep -w baud
ESPFLASH_BAUD=460800 "$ESPFLASH" config | grep -w baud
echo 'baudrate = 921600' >espflash.toml
ESPFLASH_BAUD=Auto "$ESPFLASH" config | grep -w baud
echo 'baudrate = "460800"' >espflash.toml
"$ESPFLASH" config
