# USB strings come from the device. Whatever they hold, a line stays a line, and no terminal obeys them.
board --chip esp32c3
fake_ports hostile
control=$(printf '[\001-\037\177]')
try() {
	# shellcheck disable=SC2059 # it has escapes
	EF_FAKE_TEXT=$(printf "$1")
	export EF_FAKE_TEXT
	again
	echo "$2"
	"$FAKE" list-ports >list && "$FAKE" list-ports --json >json || echo "status $?"
	"$FAKE" board-info -p /dev/ttyUSB6 --log-file log -vv >out 2>&1 || echo "status $?"
	for file in list json log out ../home/.local/state/espflash-c/connect; do
		tr -d '\n\t' <"$file" | LC_ALL=C grep -a -q "$control" && echo "$file: control characters"
		LC_ALL=C grep -a -q "$(printf '\342\200[\250-\256]')" "$file" && echo "$file: turned around"
		iconv -f UTF-8 -t UTF-8 "$file" >/dev/null || echo "$file: not UTF-8"
	done
	grep -c . list
	cut -c 1-60 list
}
try '\033[31mred\033]0;title\007\033[6n' 'escape sequences'
try 'a\342\200\256b\342\200\250c\r\nd' 'turned around, and several lines'
try '\377\376\300\200\302' 'not UTF-8'
try '../../%%s%%n" = "' 'a path, a format, a string of TOML'
try "$(head -c 4096 /dev/zero | tr '\0' 'A')" 'long'
