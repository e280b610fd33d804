# --log-file records everything at level DEBUG with times, whatever the terminal shows. Each run
# truncates it, and it includes the error.
board --chip esp32c3 --factory
echo '[2020-01-31T00:00:00.000Z INFO ] old' >log
"$ESPFLASH" -q --log-file log flash-id
for word in 'INFO ] espflash-c * --log-file log flash-id' 'INFO ] Serial port: *' 'DEBUG] chip: esp32c3*' \
	'DEBUG] connected in * ms: ESP32-C3, ROM loader, *' 'DEBUG] done: reset by the lines'; do
	n=0
	while read -r line; do
		# shellcheck disable=SC2254
		case $line in
		\[[0-9]*T*.[0-9][0-9][0-9]Z\ $word) n=$((n + 1)) ;;
		esac
	done <log
	echo "$n: $word"
done
grep -c 'old\|TRACE' log
again
"$ESPFLASH" -vv --log-file log flash-id >/dev/null 2>&1
grep -c '> READ_REG address=0x' log >n && [ "$(cat n)" -gt 3 ] && echo requests
grep -c '< READ_REG value=0x.*: success (00 00) after' log >n && [ "$(cat n)" -gt 3 ] && echo replies
"$ESPFLASH" -q --log-file log board-info --port socket://127.0.0.1:1
grep -o 'ERROR\] cannot reach\|HINT \] start' log
