"$ESPFLASH" save-imgae --chip esp32 a b
# Names of commands in other programs.
"$ESPFLASH" write_flash 0 app.bin
"$ESPFLASH" merge-bin
"$ESPFLASH" version
