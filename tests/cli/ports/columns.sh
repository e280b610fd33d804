# espflash's columns: name, PID:VID, manufacturer, product; other kinds only when asked for.
fake_ports usb,jtag,native,bluetooth,noisy
"$FAKE" list-ports && echo && "$FAKE" list-ports -a && echo && "$FAKE" list-ports -an
