# A project's file must not make a log out of the user's files.
echo 'mine' >"$HOME/.profile"
mkdir below
printf '[monitor]\nsave_log = "%s"\ntimestamps = "elapsed"\n' "$HOME/.profile" >espflash.toml
cd below || exit 1
echo "Hello from the chip" >boot.txt
board --chip esp32c3 --boot-text boot.txt
"$ESPFLASH" monitor --until Hello --timeout 60 >/dev/null
cat "$HOME/.profile"
"$ESPFLASH" config 2>/dev/null | grep -e save-log -e timestamps
# the user's own file may
mkdir -p "$HOME/.config/espflash"
printf '[monitor]\nsave_log = "%s"\n' "$HOME/chip.log" >"$HOME/.config/espflash/espflash.toml"
"$ESPFLASH" config 2>/dev/null | grep save-log
