# For a pipe COLUMNS gives the width of the help. Only examples may be wider, since users copy them.
for columns in 60 100 300; do
	COLUMNS=$columns "$ESPFLASH" flash --help | sed "/^Examples/,\$d" >help
	COLUMNS=$columns "$ESPFLASH" help >>help
	awk -v n=$columns '{ if (length($0) > max) max = length($0) } END { print n, (max <= (n < 100 ? n : 100) ? "fits" : max) }' help
done
for columns in 0 x -1 ''; do
	COLUMNS=$columns "$ESPFLASH" help | awk '{ if (length($0) > max) max = length($0) } END { print (max <= 80 ? "fits" : max) }'
done
