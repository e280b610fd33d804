# What the completion scripts ask for.
fake_ports usb,native
"$FAKE" __complete port
