# On a terminal: an unknown device can be made a known one, and what the file says stays.
command -v script >/dev/null || { echo 'no script' >&3; exit 77; }
board --chip esp32c3
fake_ports other
printf 'y\ny\n' | script -qec "'$FAKE' board-info >out" /dev/null >terminal
tr -d '\r' <terminal | grep -a -e Use -e Remember -e known | sed 's/^\[[^]]*\]/[]/'
head -1 out
cat ../home/.config/espflash/espflash_ports.toml
again
"$FAKE" -q board-info --non-interactive | head -1
# No is the answer to anything but yes; a local file is the one that grows.
rm ../home/.config/espflash/espflash_ports.toml
printf '# mine' >espflash_ports.toml
again
printf 'y\nn\n' | script -qec "'$FAKE' board-info >out" /dev/null >terminal
cat espflash_ports.toml && echo
again
printf 'y\ny\n' | script -qec "'$FAKE' board-info >out" /dev/null >terminal
cat espflash_ports.toml
