# The program reads esptool's configuration file unchanged. Options of our own have precedence.
board --chip esp32 --pace
printf '[esptool]\nconnect_attempts = 7\ncustom_reset_sequence = D0|R1|W0.1|D1|R0|W0.3|D0\n' >esptool.cfg
"$ESPFLASH" board-info
again
"$ESPFLASH" board-info --reset-sequence 'U0,0|U0,1|W0.1|U1,0|W0.1|U0,0' | head -n 1
