# On a terminal the program offers to remember an unknown device. The file keeps its other content.
command -v script >/dev/null || { echo 'no script' >&3; exit 77; }
board --chip esp32c3
fake_ports other
printf 'y\ny\n' | script -qec "'$FAKE' board-info >out" /dev/null >terminal
tr -d '\r' <terminal | grep -a -e Use -e Remember -e known | sed 's/^\[[^]]*\]/[]/'
head -1 out
cat ../home/.config/espflash/espflash_ports.toml
again
"$FAKE" -q board-info --non-interactive | head -1
# Any answer but yes means no. If there is a local file, the program adds to that one.
rm ../home/.config/espflash/espflash_ports.toml
printf '# mine' >espflash_ports.toml
again
printf 'y\nn\n' | script -qec "'$FAKE' board-info >out" /dev/null >terminal
cat espflash_ports.toml && echo
again
printf 'y\ny\n' | script -qec "'$FAKE' board-info >out" /dev/null >terminal
cat espflash_ports.toml
