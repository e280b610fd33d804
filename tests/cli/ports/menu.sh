# On a terminal: a numbered list, known boards first.
command -v script >/dev/null || { echo 'no script' >&3; exit 77; }
board --chip esp32c3
fake_ports usb,native,jtag
printf "2\n" |
	script -qec "'$FAKE' board-info --list-all-ports >out" /dev/null >terminal
tr -d '\r' <terminal | grep -a -e 'ttyACM0' -e 'ttyUSB0' -e 'ttyS7' -e Number | sed 's/^\[[^]]*\]/[]/'
head -1 out
