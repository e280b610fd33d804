fake_ports jtag,native
"$FAKE" list-ports -a --json
