# The committed documents match what the table generates.
[ -x "$GEN_DOCS" ] || { echo 'no gen-docs' >&3; exit 77; }
mkdir -p docs/man
"$GEN_DOCS" docs && diff -r docs/man "$SRC/docs/man" && diff docs/commands.md "$SRC/docs/commands.md" &&
	diff docs/troubleshooting.md "$SRC/docs/troubleshooting.md"
