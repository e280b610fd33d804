# The commands in the README exist, and the README or the page it links shows every command.
grep -o '^espflash-c [a-z0-9-]*' "$SRC/README.md" | sort -u | while read -r _ command; do
	"$ESPFLASH" help "$command" >/dev/null || echo "$command"
done
"$ESPFLASH" help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z0-9-]*\) .*/\1/p' >commands
while read -r command; do
	grep -q "\`$command\`" "$SRC/README.md" || echo "README's list lacks $command"
done <commands
grep -o '^Commands: .*' "$SRC/README.md" | grep -o '`[a-z0-9-]*`' | tr -d '`' | while read -r command; do
	grep -qx "$command" commands || echo "there is no $command"
done
# The README's table of exit statuses has those that the help has, and those of signals.
{
	"$ESPFLASH" --help | sed -n '/^Exit status:/,/^[^ ]/s/^  *\([0-9][0-9]*\)  .*/\1/p'
	printf '129\n143\n'
} | sort -n >statuses
sed -n '/^| status | meaning/,/^$/s/^| \([0-9][^|]*\) |.*/\1/p' "$SRC/README.md" | tr , '\n' |
	awk '{ for (n = $1; n <= ($3 ? $3 : $1); n++) print n }' | sort -n | diff statuses -
