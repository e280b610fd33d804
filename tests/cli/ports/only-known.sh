# The program uses the only known board among other ports, even if it may not ask.
board --chip esp32c3
fake_ports usb,native,bluetooth
"$FAKE" board-info --non-interactive --list-all-ports | head -1
