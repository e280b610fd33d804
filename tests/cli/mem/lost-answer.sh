# An answer with a word gets lost, of the first or the second reading. The chip is still there, so it is
# asked again, and nobody says that it is gone.
try() { # which answer, command
	mkdir work
	cd work || exit 2
	board --chip esp32c3 --fault "drop-reply=$1"
	shift
	"$ESPFLASH" -q "$@" --json >out
	grep -e '"value"' -e confirmed out
	kill "$(cat board.pid)"
	cd ..
	rm -r work
}
try 14 read-mem 0x3fc90000
try 15 read-mem 0x3fc90000
try 15 write-mem 0x3fc90000 0x12345678
try 16 write-mem 0x3fc90000 0x12345678
