# A system without libzip: zip archives are refused with the reason, and nothing else needs it. A
# file that is no library stands in for the missing one.
file=$(grep -ao 'libzip\.so\.[0-9]*' "$ESPFLASH" | head -n 1)
[ "$file" ] || { echo 'libzip is linked' >&3; exit 77; }
mkdir lib
echo 'no library' >"lib/$file"
export LD_LIBRARY_PATH="$PWD/lib"
# one empty entry "a"
printf 'PK\3\4\24\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0a' >a.zip
printf 'PK\1\2\24\0\24\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0a' >>a.zip
printf 'PK\5\6\0\0\0\0\1\0\1\0\057\0\0\0\037\0\0\0\0\0' >>a.zip
for command in image-info flash 'bootloaders import'; do
	# shellcheck disable=SC2086
	"$ESPFLASH" $command a.zip 2>&1 | sed "s/$file/LIBZIP/"
done
"$ESPFLASH" -q save-image --chip esp32c3 "$SRC/tools/sample/sample-esp32c3.elf" app.bin >/dev/null &&
	"$ESPFLASH" image-info app.bin | head -n 1
unset LD_LIBRARY_PATH
"$ESPFLASH" image-info a.zip
