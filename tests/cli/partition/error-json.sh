"$ESPFLASH" partition-table nowhere.csv --json
