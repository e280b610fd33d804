# The script is sound, and offers what it should: a word, an option, a value, a file.
command -v bash >/dev/null || { echo 'no bash' >&3; exit 77; }
"$ESPFLASH" completions bash >script
touch app.elf
cat >try <<'END'
source ./script
try() {
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
	_espflash_c
	echo "$*: ${COMPREPLY[*]}"
}
try espflash-c fl
try espflash-c --prog
try espflash-c flash --erase-d
try espflash-c flash --before no-reset-
try espflash-c flash --before = usb
try espflash-c -S save-image -m q
try espflash-c flash app
try espflash-c completions f
try espflash-c help bo
END
bash -n script && bash try
