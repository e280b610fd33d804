#!/bin/sh
# SPDX-License-Identifier: MIT
# record.sh ESP-IDF: makes choose.txt and switch.txt from the sources of ESP-IDF. See README.md.
set -e
here=$(cd "$(dirname "$0")" && pwd)
components=$1/components
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

function_of() { # file, name: its definition
	awk -v re="[ *]$2[(]" '$0 ~ re && !/^[ \t]/ && !/;[ \t]*$/ { on = 1 } on { print } on && /^}/ { exit }' \
		"$components/bootloader_support/src/$1"
}

{
	for name in ota_select_crc ota_select_invalid ota_select_valid select_otadata get_active_otadata; do
		function_of bootloader_common_loader.c bootloader_common_$name
	done
	function_of bootloader_utility.c bootloader_common_read_otadata
	function_of bootloader_utility.c index_to_partition
	function_of bootloader_utility.c bootloader_utility_get_selected_boot_partition
	function_of bootloader_utility.c bootloader_utility_load_boot_image
} >"$work/idf.inc"
for rollback in '' -DCONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE; do
	cc -w -I"$work" $rollback -o "$work/boot$rollback" "$here/bootloader.c" -lz
done
cd "$here"
python3 record.py "$components" "$work/boot" "$work/boot-DCONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE"
