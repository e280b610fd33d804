# espflash's variable sets the log level if neither --quiet nor --verbose is given.
board --chip esp32c3
show() {
	again
	levels=$("$ESPFLASH" "$@" read-mac 2>&1 >/dev/null | sed 's/.*Z \([A-Z]*\).*/\1/' | sort -u | tr '\n' ' ')
	echo "RUST_LOG=$RUST_LOG $*: $levels"
}
for RUST_LOG in '' off error warn Info debug trace espflash espflash=debug 'warn,espflash=info' \
	'debug,espflash=error' hyper=trace 'debug/reset' verbose; do
	export RUST_LOG
	show
done
RUST_LOG=trace show -q
RUST_LOG=error show -v
