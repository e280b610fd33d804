# The completion script in a real bash completes words, options, choices, commands, ports and files.
command -v bash >/dev/null || { echo 'no bash' >&3; exit 77; }
fake_ports usb,jtag
mkdir bin && ln -s "$FAKE" bin/espflash-c && PATH="$PWD/bin:$PATH"
espflash-c completions bash >script
mkdir 'a folder' && touch app.elf 'app two.elf'
cat >try <<'END'
source ./script
try() {
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
	COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
	local f; f=$(complete -p espflash-c | sed 's/.*-F \([^ ]*\).*/\1/')
	"$f"
	local IFS='|'
	echo "$*: ${COMPREPLY[*]}"
}
try espflash-c fl
try espflash-c --verb
try espflash-c flash --erase-d
try espflash-c flash --before no-reset-
try espflash-c flash -b usb
try espflash-c flash --before = usb
try espflash-c flash --port /dev/tty
try espflash-c flash --port ''
try espflash-c -p /dev/ttyU
try espflash-c flash app
try espflash-c flash --bootloader a
try espflash-c write-bin 0x1000 app
try espflash-c help bo
try espflash-c completions ''
try espflash-c --color ''
END
bash -n script && bash try
