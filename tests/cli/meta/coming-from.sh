# Every command line for this program in docs/coming-from.md parses, and names existing options.
grep -o '`espflash-c [^`]*`' "$SRC/docs/coming-from.md" | tr -d '`' | sort -u >lines
[ "$(wc -l <lines)" -gt 30 ] || echo 'few lines'
while read -r program line; do
	# --help at the end stops the parser when all before it was read.
	# shellcheck disable=SC2086
	"$ESPFLASH" $line --help >out 2>why || { echo "$program $line"; cat why; }
	for option in $(echo "$line" | tr ' ' '\n' | grep '^--'); do
		grep -q -e " $option" out || echo "$line: $option is not in the help"
	done
	# The commands in that page are complete, too: without --help, none fails because of its command line.
	# shellcheck disable=SC2086
	"$ESPFLASH" $line --port /nonexistent </dev/null >/dev/null 2>why
	[ $? != 2 ] || case $line in
	list-ports* | save-image* | partition-table* | image-info* | config*) ;;
	*--port*) ;;
	*) echo "$line"; cat why ;;
	esac
done <lines
grep -q 'coming-from.md' "$SRC/README.md" && echo linked
