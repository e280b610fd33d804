# Another user's symlink is not followed to where the output would go, except from a folder that is
# not shared into one of that user. Our own links are.
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
	echo "$1 $2: $? $(grep -o 'another user.s link.*' said) $(head -c 8 victim/file | grep -c precious) $(ls victim)"
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
for how in 'partition-table --to-binary table.csv -o' 'list-ports --log-file'; do
	plant own 12345 "$PWD/victim/new"
	write "$how" own/out
	# our own link to theirs, which leads to ours
	ln -sf "$PWD/own/out" link
	write "$how" link
	# what it leads to is that user's: nothing is won by it
	chown 12345 victim
	write "$how" own/out
	rm -f own/out victim/new
	ln -s "$PWD/victim" own/out && chown -h 12345 own/out
	write "$how" own/out/new
	# one user's link may not lead through another's
	ln -s "$PWD/victim/new" own/second && chown -h 12346 own/second
	ln -sfn "$PWD/own/second" own/out && chown -h 12345 own/out
	write "$how" own/out
	rm own/out own/second
	chown 0 victim
done
echo 'what is there already:'
trap_file() {
	rm -f shared/out
	"$@" shared/out
	"$ESPFLASH" list-ports --log-file shared/out >said 2>&1
	echo "$*: $? $(grep -o 'another user.s link.*' said) $(stat -c %s shared/out | grep -c '^0$')"
}
their_file() { : >"$1" && chmod 666 "$1" && chown 12345 "$1"; }
their_fifo() { mkfifo -m 666 "$1" && chown 12345 "$1"; }
second_name() { : >victim/empty && ln -f victim/empty "$1"; }
our_file() { : >"$1"; }
for kind in their_file their_fifo second_name our_file; do trap_file $kind; done
chmod 755 shared
trap_file their_file
