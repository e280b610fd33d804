# The chip's own colours go to the terminal but not into a pipe, unless an option asks for them.
# --log-file has the chip's lines.
board --chip esp32c3 --factory
printf '\033[0;32mI (1) app: green\033[0m\r\n\033[2Kplain \342\202\254\r\ndone\r\n' >text
for color in auto always never; do
	echo "$color:"
	"$ESPFLASH" -q --color $color --log-file log monitor --until done --processors 'cat text -' | tr '\033\r' '^~'
	again
done
sed 's/^[^ ]* //' log | grep '^CHIP' | head -3
