# Opening a pipe waits for a writer, and the signal handlers are not there yet.
mkfifo espflash.toml
timeout 60 "$ESPFLASH" list-ports --json >/dev/null
echo $?
rm espflash.toml
mkdir -p "$HOME/.config/espflash"
mkfifo "$HOME/.config/espflash/espflash.toml"
timeout 60 "$ESPFLASH" config >/dev/null
echo $?
