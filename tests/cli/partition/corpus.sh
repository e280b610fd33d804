# ESP-IDF's own generator made these tables.
for csv in "$(corpus partitions/partitions-4MB.csv)" "$(corpus partitions/partitions_two_ota.csv)"; do
	"$ESPFLASH" partition-table --to-binary "$csv" | cmp - "${csv%.csv}.bin" && echo same
done
