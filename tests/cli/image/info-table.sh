"$ESPFLASH" image-info "$(corpus partitions/partitions_singleapp.bin)"
"$ESPFLASH" image-info --json "$(corpus partitions/partitions_singleapp.csv)"
