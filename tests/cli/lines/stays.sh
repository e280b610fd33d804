# No line reaches this board, and someone has put it into download mode: no reset is claimed.
board --chip esp32c3 --circuit none-download
"$ESPFLASH" -q reset
echo "reset: status $?"
again
"$ESPFLASH" read-mac >out 2>err
echo "read-mac: status $?"
grep -o 'the reset had no effect.*' err
