# One known board among others is the one, also when nothing may be asked.
board --chip esp32c3
fake_ports usb,native,bluetooth
"$FAKE" board-info --non-interactive --list-all-ports | head -1
