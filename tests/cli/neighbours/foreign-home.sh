# HOME is another user's, as sudo and containers may leave it: their configuration doesn't count,
# and nothing is written there. With SUDO_UID it counts, but still nothing is written.
if [ "$(id -u)" != 0 ]; then
	echo 'only root can act as another user' >&3
	exit 77
fi
mkdir -p theirs/.config/espflash theirs/.local/state
echo 'baudrate = 230400' >theirs/.config/espflash/espflash.toml
mkdir victim
ln -s "$PWD/victim" theirs/.local/state/espflash-c
chown -hR 12345 theirs
export HOME="$PWD/theirs"
show() {
	"$ESPFLASH" config 2>&1 | grep -e '^  baud ' -e '230400' -e 'is not used' | sed 's/^.*WARN/WARN/'
}
echo 'HOME:'
show
echo 'XDG_CONFIG_HOME:'
XDG_CONFIG_HOME="$PWD/theirs/.config" HOME=/nowhere show
echo 'SUDO_UID:'
SUDO_UID=12345 show
echo 'a relative HOME:'
HOME=theirs show
echo 'state:'
board --chip esp32c3
fake_ports usb
"$FAKE" -q board-info >/dev/null 2>err
echo "$?"
find theirs victim -user 0 | grep -v '^victim$'
ls victim
