# A real program's defmt output mixed with text. The monitor detects defmt in the ELF, also in the
# one that is flashed, and reports a wrong ELF once. Index and encoding are made by hand: "Hello
# world!" is 1, "panicked at 'Arrived..." is 5 (tests/unit/test_defmt.c).
"$ESPFLASH" --version --verbose | grep -q 'libdw: *built in' || {
	echo 'no libdw' >&3
	exit 77
}
elf=$(corpus elf/esp-esp32c6-defmt.elf)
board --chip esp32c6 --factory
printf 'boot\r\n\377\000\001\176\000\377\000\005\176\000tail\r\n' >frames
try() {
	command=$1
	shift
	"$ESPFLASH" -q "$command" --non-interactive --boot-loop 0 --on-panic continue --timeout 20 \
		--processors 'f() { cat frames -; }; f' "$@"
	echo "status $?"
	again
}
place='s|(esp_hal .*riscv.rs:217)|(PLACE)|; s|(esp32c6_defmt .*)|(PLACE)|'
try monitor --elf "$elf" --until '^tail' | tr -d '\r' | sed "$place"
echo 'a format:'
try monitor --elf "$elf" --log-format defmt --output-format '{L:<7}|{c}|{s}' --until '^tail' | tr -d '\r'
echo 'as text:'
try monitor --elf "$elf" --log-format serial --until tail | tr -d "\r" | grep -a -c -e Hello -e boot
echo 'events:'
try monitor --elf "$elf" --json --fail Arrived 2>err |
	sed -n 's/.*"event":"\([a-z]*\)".*"text":"\([^"]*\)","level":\([^,]*\).*/\1 \3 \2/p'
echo 'after flashing:'
try flash -M --until "^Hello world!$" "$elf" 2>err | tr -d '\r' | sed -n "$place; /Hello/p"
echo 'another ELF:'
for i in 1 2 3 4 5 6 7 8 9; do printf '\377\000\376\176\000'; done >frames
printf 'end\r\n' >>frames
try monitor --elf "$elf" --until '^end' 2>&1 | tr -d '\r'
echo 'no ELF:'
try monitor --until '^end' 2>&1 | grep -a -e WARN -e status | cut -d ' ' -f 2-
