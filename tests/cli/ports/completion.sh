# The list that the completion scripts request.
fake_ports usb,native
"$FAKE" __complete port
