# With two known boards the program never guesses, and never asks without a terminal.
fake_ports usb,jtag
"$FAKE" board-info
