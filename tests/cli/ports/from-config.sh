board --chip esp32c3
unset ESPFLASH_PORT
printf '%s\n' '[connection]' "serial = '$URL'" >espflash_ports.toml
"$ESPFLASH" board-info | head -1
echo 'serial = 5' >espflash_ports.toml
"$ESPFLASH" board-info
