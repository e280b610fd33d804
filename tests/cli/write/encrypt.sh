# The chip encrypts: all files, or single ones. What can't be is refused, and the flash stays as it was.
try() {
	again
	"$ESPFLASH" -q write-bin --no-listen "$@" >/dev/null
	echo "$*: $?"
}
start() { # ENCRYPTION OPTIONS...
	how=$1
	shift
	[ ! -e board.pid ] || kill "$(cat board.pid)"
	rm -f board.url
	counted 512
	cp flash.bin was.bin
	board --chip esp32 --flash flash.bin --encryption "$how" "$@"
}
at() { # ADDR FILE: the flash there
	dd if=flash.bin bs=4096 skip=$(($1 / 4096)) count=2 2>/dev/null | head -c "$(wc -c <"$2")" | cmp -s - "$2"
}
seq 1 1000 | tr '0-9' '\001-\012' >a.bin # of no known form
seq 1 900 | tr '0-9' '\001-\012' >b.bin
start development
try --encrypt 0x10000 a.bin
at 0x10000 a.bin || echo 'not plain'
try 0x20000 a.bin --encrypt-files 0x30000 a.bin 0x40000 b.bin
at 0x20000 a.bin && echo 'plain'
at 0x30000 a.bin || at 0x40000 b.bin || echo 'not plain'
again
"$ESPFLASH" -q write-bin --no-listen --json 0x20000 a.bin --encrypt-files 0x30000 b.bin |
	grep -o '"encrypted":[^,}]*\|"result":[^,}]*' | tr -d '\t'
try --encrypt 0x10000 a.bin 0x11000 b.bin
cp flash.bin was.bin
try --encrypt 0x10010 a.bin
try 0x10000 a.bin --encrypt-files 0x30000 b.bin --encrypt
try 0x10000 a.bin --encrypt-files 0x30000
try --encrypt --no-stub 0x10000 a.bin
cmp flash.bin was.bin && echo 'as before'
start release
try --encrypt 0x10000 a.bin
try --encrypt --force 0x10000 a.bin
cmp flash.bin was.bin && echo 'as before'
start key-only
try --encrypt 0x10000 a.bin
