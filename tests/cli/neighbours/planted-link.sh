# In a shared folder, another user's symlink is not followed to where the output would go. Our own
# links, and links elsewhere, are.
if [ "$(id -u)" != 0 ]; then
	echo 'only root can act as another user' >&3
	exit 77
fi
printf 'nvs,data,nvs,0x9000,0x6000\nfactory,app,factory,,1M\n' >table.csv
mkdir shared own victim
chmod 1777 shared
chmod 755 victim own
head -c 3072 /dev/zero >read.bin
precious() { echo precious >victim/file; }
plant() { # folder owner target
	rm -rf "$1/out"
	ln -s "$3" "$1/out"
	chown -h "$2" "$1/out"
}
write() {
	precious
	"$ESPFLASH" $1 "$2" >said 2>&1 </dev/null
	echo "$1 $2: $? $(grep -o 'it is a symlink.*' said) $(head -c 8 victim/file | grep -c precious) $(ls victim)"
	rm -f victim/new
}
for how in 'partition-table --to-binary table.csv -o' 'list-ports --log-file' 'image-info table.csv --trace'; do
	plant shared 12345 "$PWD/victim/file"
	write "$how" shared/out
	plant shared 12345 "$PWD/victim/new"
	write "$how" shared/out
	plant shared 12345 "$PWD/victim"
	write "$how" shared/out/file
	# a link of our own that leads through a planted one
	ln -sf "$PWD/shared/out/file" own/link
	write "$how" own/link
done
plant shared 0 "$PWD/victim/new"
write 'partition-table --to-binary table.csv -o' shared/out
plant own 12345 "$PWD/victim/new"
write 'partition-table --to-binary table.csv -o' own/out
