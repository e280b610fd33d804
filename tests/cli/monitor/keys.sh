# On a terminal the monitor shows its keys, and restores the terminal however it ends.
board --chip esp32c3 --factory --chatty
leave() {
	again
	echo "$*:"
	keys 24x80 "$@" -- "$ESPFLASH" monitor --boot-loop 0
}
leave 'rst:0x' '\x03'
tr -d '\r' <terminal | grep -a -A4 Commands:
leave 'rst:0x' '\x1d'
leave 'rst:0x' '\x14x'
leave 'rst:0x' '\x12' 'chip is reset' '\x03'
leave 'rst:0x' '^SIZE=10x20' 'rst:0x' '\x03'
for signal in ^TERM ^HUP ^QUIT ^INT; do
	leave 'rst:0x' $signal
done
# even after a crash of the program; a sanitizer would catch the signal first
for signal in ^USR2 ^BUS; do
	ASAN_OPTIONS="${ASAN_OPTIONS-}:handle_sigbus=0" leave 'rst:0x' $signal
done
echo 'keys of the user, and the way into download mode:'
again
keys 24x80 'rst:0x' '\x18' 'chip is reset into' '^SIZE=30x90' 'waiting for download' '\x12' 'chip is reset' '\x07' -- \
	"$ESPFLASH" monitor --boot-loop 0 --exit-key ^G --loader-key ctrl-x
tr -d '\r' <terminal | grep -a -o -e 'Ctrl-[XG] .*' -e 'boot:.*DOWNLOAD.*' -e 'waiting for .*'
again
keys 24x80 'rst:0x' '\x14p' 'waiting for download' '\x14x' -- "$ESPFLASH" -q monitor --boot-loop 0
# The terminal's character set isn't UTF-8 (run.sh sets LC_ALL=C), and the chip leaves a colour on.
printf 'gr\303\274n \033[31mred\r\nend' >text
again
keys 24x80 'end' '\x03' -- "$ESPFLASH" -q monitor --boot-loop 0 --processors 'f() { cat text -; }; f'
grep -a -o -e 'gr.*red' terminal | od -An -c
tail -c 6 terminal | od -An -c
LC_ALL=C.UTF-8
again
keys 24x80 'end' '\x03' -- "$ESPFLASH" -q monitor --boot-loop 0 --processors 'f() { cat text -; }; f'
grep -a -o -e 'gr.*red' terminal | od -An -c
