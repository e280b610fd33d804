"$ESPFLASH" partition-table nowhere.csv
