# The log file has all lines with their times and without colours. With raw output it has the bytes
# that the chip sent.
board --chip esp32c3 --factory --chatty
"$ESPFLASH" -q monitor --non-interactive --until 'entry 0x' --timestamps elapsed --filter '*:N' \
	--save-log log >out
echo "status $?, shown: $(wc -l <out), in the file:"
sed 's/^\[ *[0-9]*\.[0-9]*\]/[T]/' log
again
"$ESPFLASH" -q monitor --non-interactive --until 'entry 0x' --save-log raw --save-raw >out
head -1 raw | od -An -c | head -3
