# A panic of ESP-IDF on Xtensa: each PC of the backtrace gets the text that addr2line prints for it
# (tests/golden/symbols).
"$ESPFLASH" --version --verbose | grep -q 'libdw: *built in' || {
	echo 'no libdw' >&3
	exit 77
}
elf=$(corpus elf/esp-esp32.elf)
board --chip esp32 --factory
golden=$SRC/tests/golden/symbols/esp-esp32.elf.txt
sed -n '1p;5p;9p;14p' "$golden" >want
{
	echo "Guru Meditation Error: Core  0 panic'ed (LoadProhibited). Exception was unhandled."
	printf 'Backtrace:'
	cut -d'|' -f1 want | while read -r pc; do printf ' %s:0x3ffb5030' "$pc"; done
	printf '\r\n\r\nELF file SHA256: 0123456789abcdef\r\n\r\nRebooting...\r\n'
} >panic
"$ESPFLASH" -q monitor --non-interactive --boot-loop 0 --elf "$elf" \
	--processors 'f() { cat panic -; }; f' --timeout 20 >out
echo "status $?"
# PC|function|place, then function and place of each caller that it is inlined in
tr -d '\r' <out | awk '
	/^0x[0-9a-f]+ - / { if (line) print line; line = $1; sub(/^[^ ]+ - /, ""); line = line "|" $0 }
	/^  \(inlined by\) / { sub(/^  \(inlined by\) /, ""); line = line "|" $0 }
	/^    at / { sub(/^    at /, ""); line = line "|" $0 }
	END { print line }' >got
diff want got && echo "$(grep -c . want) places"
grep -e SHA-256 -e Reboot out | tr -d '\r'
again
echo 'nothing when not wanted:'
"$ESPFLASH" -q monitor --non-interactive --boot-loop 0 --elf "$elf" --no-addresses \
	--processors 'f() { cat panic -; }; f' --timeout 20 2>&1 >out | cut -c1-60
grep -c ' - ' out
true
