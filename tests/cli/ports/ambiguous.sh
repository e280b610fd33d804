# Two known boards: never a guess, and never a question without a terminal.
fake_ports usb,jtag
"$FAKE" board-info
