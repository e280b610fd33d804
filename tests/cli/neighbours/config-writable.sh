# Everybody could have put the key there, and everybody could make the name a pipe that never ends.
mkdir below
echo 'baudrate = 230400' >espflash.toml
mkfifo espflash_ports.toml
chmod 666 espflash.toml espflash_ports.toml
cd below || exit 1
"$ESPFLASH" config | grep -e '  baud ' -e '^  \.\./'
chmod 644 ../espflash.toml
"$ESPFLASH" config 2>/dev/null | grep -e '  baud ' -e '^  \.\./'
