"$ESPFLASH" save-imgae --chip esp32 a b
