fake_ports none
"$FAKE" list-ports
"$FAKE" list-ports -a
"$FAKE" list-ports -n
"$FAKE" board-info --non-interactive
