"$ESPFLASH" save-imgae --chip esp32 a b
# What other programs call it.
"$ESPFLASH" write_flash 0 app.bin
"$ESPFLASH" merge-bin
"$ESPFLASH" flash-write
