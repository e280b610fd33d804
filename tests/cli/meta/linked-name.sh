# Linked as espflash, the program uses that name in messages and completions. --version tells which
# program it is.
ln -s "$ESPFLASH" espflash
./espflash --version | sed 's/ .*//'
./espflash flash --help | grep Usage
./espflash fla 2>&1
for shell in bash zsh fish elvish powershell; do
	./espflash completions $shell | grep -v espflash-c-ports | grep -cw espflash-c
done
./espflash completions bash | tail -n 1
./espflash completions zsh | head -n 1
./espflash completions fish | sed -n 2p
./espflash board-info --port /dev/ttyNOWHERE 2>&1 | tail -n 1
./espflash write_flash 2>&1 | tail -n 1
