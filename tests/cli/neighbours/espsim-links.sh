# espsim changes the file of its flash, so another user may not choose which one that is.
if [ "$(id -u)" != 0 ]; then
	echo 'only root can act as another user' >&3
	exit 77
fi
if [ ! -x "$ESPSIM" ]; then
	echo 'no espsim' >&3
	exit 77
fi
mkdir shared victim own
chmod 1777 shared
try() {
	timeout 60 "$ESPSIM" --chip esp32c3 --size 1MB --listen socket://127.0.0.1:0 --flash "$1" >/dev/null 2>log &
	pid=$!
	if [ "$2" = runs ]; then
		await ROM log
		kill $pid
	fi
	wait $pid
	status=$?
	cat log
	echo "$1: $status $(find victim -mindepth 1 | tr '\n' ' ')"
}
echo 'a link to a file that is not there, and to one that is empty:'
ln -s "$PWD/victim/new" shared/flash && chown -h 12345 shared/flash
try shared/flash
: >victim/empty
ln -sfn "$PWD/victim/empty" shared/flash && chown -h 12345 shared/flash
try shared/flash
echo 'a second name of an empty file, and a file of the other user:'
ln -f victim/empty shared/flash
try shared/flash
rm shared/flash && : >shared/flash && chmod 666 shared/flash && chown 12345 shared/flash
try shared/flash
wc -c shared/flash victim/empty
rm victim/empty
echo 'a link of our own:'
ln -s ../victim/mine own/flash
try own/flash runs
