# Log processors with arguments run in order. The ELF is their last argument.
ln -s "$(corpus elf/esp-esp32c6-defmt.elf)" app.elf
board --chip esp32c3 --factory --chatty
"$ESPFLASH" -q monitor --non-interactive --boot-loop 0 --elf app.elf --log-format serial --no-addresses \
	--processors 'f() { echo "got $*"; exec tr r R; }; f one,g() { echo "then $*"; exec cat; }; g' \
	--until '^Rst:' >out
echo "status $?"
sort out | tr -d '\r' | grep -e got -e then -e Rst:
