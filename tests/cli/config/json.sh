printf '%s\n' 'after = "no-reset"' 'monitor.baudrate = 9600' '[idf_format_args]' \
	'target_app_partition = "ota_1"' >espflash.toml
mkdir xdg xdg/espflash
echo 'usb_device = [{ vid = "1209", pid = "1" }]' >xdg/espflash/espflash_ports.toml
export XDG_CONFIG_HOME="$PWD/xdg" MONITOR_BAUD=115_200
"$ESPFLASH" config --json
