# The monitor unwinds RISC-V panic dumps with the ELF. Frames, functions and lines match gdb's
# (tests/golden/unwind).
"$ESPFLASH" --version --verbose | grep -q 'libdw: *built in' || {
	echo 'no libdw' >&3
	exit 77
}
board --chip esp32c3 --factory
golden=$SRC/tests/golden/unwind
# Function, file and line of each frame: first gdb's output, then ours, which begins at the dump's
# end.
gdb() {
	sed -n 's|^#[0-9]* *0x[0-9a-f]* in \([^ ]*\) .* at \(.*\)|\1 \2|p' "$1"
}
ours() {
	sed -n '/^Backtrace, unwound/,/^ELF file/p' "$1" | tr -d '\r' | awk '
		/^0x[0-9a-f]+ - / { name = $3 }
		/^  \(inlined by\) / { name = $3 }
		/^    at / { sub(".*/", "", $2); print name, $2 }'
}
for name in os fp eh o0 save jump; do
	"$ESPFLASH" -q monitor --non-interactive --boot-loop 0 --on-panic continue --elf "$golden/$name.elf" \
		--processors "f() { cat '$golden/$name.log' -; }; f" --until '^Rebooting' >out 2>err
	echo "$name: status $?"
	gdb "$golden/$name.bt" >want
	ours out >got
	diff want got && echo "$(grep -c . want) frames"
	again
done
