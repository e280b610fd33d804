# Ctrl-C during the wait for a silent chip ends the run within moments, with a status of its own.
board --chip esp32c3 --circuit no-rx
mkfifo log
"$ESPFLASH" board-info 2>log &
pid=$!
exec 8<log
while read -r line <&8; do
	case $line in *Connecting...*) kill -TERM $pid ;; esac
	case $line in *error*) echo "$line" ;; esac
done
wait $pid
