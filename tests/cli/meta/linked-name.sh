# Linked as espflash, the program uses that name in messages and completions. --version begins as
# espflash's does, for tools that compare it.
ln -s "$ESPFLASH" espflash
./espflash --version | sed "s/(espflash-c [0-9.]*)/(espflash-c X)/"
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
