# No line reaches this board, and someone has put it into download mode: no reset is claimed. (What
# comes first takes in the board's greeting, which would else pass for the effect of the reset.)
board --chip esp32c3 --circuit none-download
"$ESPFLASH" read-mac >out 2>err
echo "read-mac: status $?"
grep -o 'the reset had no effect.*' err
again
"$ESPFLASH" -q reset
echo "reset: status $?"
