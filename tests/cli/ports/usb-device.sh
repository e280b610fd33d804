# A device in the user's file counts as a known board.
board --chip esp32c3
fake_ports other,native
"$FAKE" list-ports
"$FAKE" board-info
printf '%s\n' '[[usb_device]]' 'vid = "1209"' 'pid = "a0b1"' >espflash_ports.toml
"$FAKE" list-ports
"$FAKE" -q board-info --non-interactive | head -1
