# The script in a real fish.
command -v fish >/dev/null || { echo 'no fish' >&3; exit 77; }
fake_ports usb,jtag
mkdir bin && ln -s "$FAKE" bin/espflash-c && PATH="$PWD/bin:$PATH"
espflash-c completions fish >script
mkdir 'a folder' && touch app.elf 'app two.elf'
cat >try <<'END'
source script
for line in 'fl' '--verb' 'flash --erase-d' 'flash --before no-reset-' 'flash -b usb' 'flash --before=usb' \
		'flash --port /dev/tty' 'flash app' 'flash --bootloader a' 'write-bin 0x1000 app' \
		'help bo' 'completions ' '--color ' '-S save-image -m q' 'board-info fl'
	echo "== $line"
	complete -C "espflash-c $line"
end
END
fish -n script && fish --no-config try
