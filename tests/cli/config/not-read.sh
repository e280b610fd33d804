# Commands without configurable options read no configuration file, so a bad one does not disturb
# them. Other commands report it.
echo 'broken' >espflash.toml
"$ESPFLASH" --version >/dev/null && "$ESPFLASH" help >/dev/null && "$ESPFLASH" flash --help >/dev/null &&
	"$ESPFLASH" completions bash >/dev/null && echo fine
printf '%s\n' 'nvs,data,nvs,0x9000,0x6000' 'app,app,factory,,1M' >t.csv
"$ESPFLASH" partition-table --to-csv t.csv >/dev/null && echo fine
"$ESPFLASH" board-info --port x --json
