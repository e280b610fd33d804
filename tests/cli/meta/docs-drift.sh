# The committed documents match what the table generates, and each command's link leads to its fields in json.md.
[ -x "$GEN_DOCS" ] || { echo 'no gen-docs' >&3; exit 77; }
mkdir -p docs/man
"$GEN_DOCS" docs && diff -r docs/man "$SRC/docs/man" && diff docs/commands.md "$SRC/docs/commands.md" &&
	diff docs/troubleshooting.md "$SRC/docs/troubleshooting.md"
grep -o 'json\.md#[a-z0-9-]*' docs/commands.md | sed 's/.*#//' >linked
[ -s linked ] || echo 'commands.md has no link to json.md'
while read -r name; do
	grep -qx "### $name" "$SRC/docs/json.md" || echo "json.md has no section '$name'"
done <linked
# The tables in docs/espsim.md are those that espsim prints, and its table of circuits has every one.
[ -x "$ESPSIM" ] || exit 0
for table in options faults; do
	sed -n "/^<!-- espsim --markdown-$table -->/,/^<!-- end -->/p" "$SRC/docs/espsim.md" | sed '1d;$d' >shown
	"$ESPSIM" --markdown-$table | diff shown - || echo "put the output of 'espsim --markdown-$table' into docs/espsim.md"
done
"$ESPSIM" --markdown-options | sed -n 's/^| `--circuit NAME` .*): //p' | tr -dc 'a-z,-' | tr , '\n' | sort >choices
sed -n '/^## Circuits/,/^## Faults/s/^| `\([a-z-]*\)` .*/\1/p' "$SRC/docs/espsim.md" | sort | diff choices -
