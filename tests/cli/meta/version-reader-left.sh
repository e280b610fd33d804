# Nobody is told when the reader of a pipe had enough.
for args in --version '--version --verbose' help 'help flash' 'completions bash' '--help' list-ports; do
	# shellcheck disable=SC2086
	{ "$ESPFLASH" $args; echo "$? $args" >&2; } 2>>err | :
done
cat err
