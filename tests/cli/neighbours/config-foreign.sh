if [ "$(id -u)" != 0 ]; then
	echo 'needs root, to make a file of another user' >&3
	exit 77
fi
echo 'baudrate = 230400' >espflash.toml
printf '[esptool]\ncustom_reset_sequence = D0|R1|W0.1\n' >esptool.cfg
chown 12345 espflash.toml esptool.cfg
"$ESPFLASH" config | grep -e '  baud ' -e '^  espflash.toml'
# git believes sudo, too
SUDO_UID=12345 "$ESPFLASH" config | grep -e '  baud ' -e '^  espflash.toml'
# the link is another user's, the file is ours
mv espflash.toml ours.toml
chown 0 ours.toml
ln -s ours.toml espflash.toml
chown -h 12345 espflash.toml
"$ESPFLASH" config | grep -e '  baud ' -e '^  espflash.toml'
rm espflash.toml
board --chip esp32c3
"$ESPFLASH" board-info 2>&1 | grep esptool.cfg
