# On a terminal the program offers to remember an unknown device. The file keeps its other content.
board --chip esp32c3
fake_ports other
# answer WORD WORD: to both questions
answer() {
	keys 24x200 'Use serial port' '' '[y/N] ' "$1\\r" 'Remember' '' '[y/N] ' "$2\\r" -- \
		sh -c "exec '$FAKE' board-info >out"
}
answer y y
tr -d '\r' <terminal | grep -a -o -e 'Use .*' -e 'Remember .*' -e '[^ ]* is now listed'
head -1 out
cat ../home/.config/espflash/espflash_ports.toml
again
"$FAKE" -q board-info --non-interactive | head -1
# Any answer but yes means no. If there is a local file, the program adds to that one.
rm ../home/.config/espflash/espflash_ports.toml
printf '# mine' >espflash_ports.toml
again
answer y n
cat espflash_ports.toml && echo
again
answer y y
cat espflash_ports.toml
