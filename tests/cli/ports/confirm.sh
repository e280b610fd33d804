fake_ports usb
"$FAKE" board-info --confirm-port
