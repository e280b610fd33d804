# The monitor neither shows nor matches what the chip printed before the reset. Here the chip is in
# the middle of its boot log.
board --chip esp32c3 --factory --chatty --pace
for i in 1 2 3 4 5 6 7 8; do
	"$ESPFLASH" -q monitor --non-interactive --boot-loop 0 --until '^rst:0x' --fail '^I ' >out
	echo "run $i: status $?, $(head -1 out | tr -d '\r')"
	again
done
