# The program runs a sequence that leaves RTS set exactly as given, and warns that it keeps the
# board in reset.
board --chip esp32
"$ESPFLASH" board-info --reset-sequence 'U1,0|W0.1|U0,1|W0.1|U0,0|D1' 2>&1 | grep -c 'in reset'
again
"$ESPFLASH" board-info --connect-attempts 1 --reset-sequence 'U0,1|W0.1|U1,0|W0.1|U0,1' 2>&1 | grep 'in reset'
