# The question works on a terminal without cursor control. Without a terminal it is an error.
board --chip esp32c3
fake_ports usb,jtag
TERM_TYPE=dumb
keys 24x80 'Number of the port: ' '2\r' -- sh -c "'$FAKE' -q board-info >out"
head -1 out
grep -a -c "$(printf '\033')" terminal
again
keys 24x80 'Number of the port: ' 'x\r' -- sh -c "'$FAKE' -q board-info >out"
TERM_TYPE=xterm
again
keys 24x80 -- sh -c "'$FAKE' -q board-info </dev/null"
tr -d '\r' <terminal
keys 24x80 -- "$FAKE" -q board-info --non-interactive
# Ctrl-C before the question has the same effect as during it.
TERM_TYPE=dumb
again
keys 24x80 'Detected' '\x03' -- "$FAKE" board-info
again
keys 24x80 'Number of the port: ' '\x03' -- "$FAKE" -q board-info
grep -a -v '^ ' terminal | tr -d '\r'
