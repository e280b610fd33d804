# Keys that espflash doesn't have. The command line can revoke what a file sets.
printf '%s\n' 'no_stub = true' 'non_interactive = true' '[image]' 'min_chip_rev = "1.1"' \
	'mmu_page_size = 16384' 'ignore_app_descriptor = true' >espflash.toml
printf '%s\n' '[connection]' 'confirm_port = true' 'list_all_ports = true' >espflash_ports.toml
"$ESPFLASH" config | grep -e espflash
"$ESPFLASH" config --stub own.json | grep -e stub
