# espflash's columns: name, PID:VID, manufacturer, product. Other kinds of ports are listed only on
# request.
fake_ports usb,jtag,native,bluetooth,noisy
"$FAKE" list-ports && echo && "$FAKE" list-ports -a && echo && "$FAKE" list-ports -an
