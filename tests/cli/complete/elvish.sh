# There is no elvish to run the script with. So check that it has every command, option and choice,
# and that brackets and quotes are balanced.
"$ESPFLASH" completions elvish >script
"$ESPFLASH" completions bash | tr -c 'a-z0-9-' '\n' | grep -e '^--[a-z]' -e '^esp32' -e '^erase-' | grep -vx -e --option | sort -u >names
while read -r name; do
	grep -q -e "$name" script || echo "missing: $name"
done <names
[ "$(tr -cd '{' <script | wc -c)" = "$(tr -cd '}' <script | wc -c)" ] && echo braces
[ "$(tr -cd '[' <script | wc -c)" = "$(tr -cd ']' <script | wc -c)" ] && echo brackets
[ $(($(tr -cd "'" <script | wc -c) % 2)) = 0 ] && echo quotes
grep -c -e "'usb-reset" -e "'esp32c61" script
