# The completion script in a real zsh on a terminal of its own: check what Tab lists or inserts.
command -v zsh >/dev/null || { echo 'no zsh' >&3; exit 77; }
fake_ports usb,jtag
mkdir bin && ln -s "$FAKE" bin/espflash-c && PATH="$PWD/bin:$PATH"
mkdir functions && espflash-c completions zsh >functions/_espflash-c
touch app.elf
zsh -n functions/_espflash-c
cat >try <<'END'
zmodload zsh/zpty
zpty shell "TERM=vt100 zsh -f"
zpty -w shell "PS1= PS2=; fpath=($PWD/functions \$fpath); autoload -Uz compinit; compinit -D -u"
# record the candidates in a file, by calling the builtin a second time unless it only counts
zpty -w shell "compadd() { if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd \"\$@\"; return \$?; fi; typeset -a hits; builtin compadd -A hits \"\$@\"; print -rl -- \$hits >>$PWD/words; builtin compadd \"\$@\" }"
zpty -w shell "bindkey '^T' complete-word; setopt no_beep; zstyle ':completion:*' menu no; echo rea''dy"
zpty -r shell out '*ready*'
for line in 'fl' '--verb' 'flash --erase-d' 'flash --before no-reset-' 'flash -b usb' 'flash --before=usb' \
		'flash --port /dev/ttyU' 'flash app' 'flash --bootloader app' 'write-bin 0x1000 app' \
		'help bo' 'completions z' '--color a' '-S save-image -m q'; do
	rm -f words
	zpty -w -n shell "espflash-c $line"$'\C-t'
	zpty -w -n shell $'\C-atrue \n'"echo do''ne"$'\n'
	zpty -r shell out '*done*'
	print -r -- "$line: $(sort -u words 2>/dev/null | tr '\n' ' ')"
done
zpty -d shell
END
zsh -f try
