# Nothing is wired to DTR and RTS, and someone presses RESET: that start is not the program's.
board --chip esp32c3 --chatty --circuit none --press-reset 2500
"$ESPFLASH" -q board-info --json >out 2>err
echo "status $?"
grep -o '"verdict":[^,]*' out
grep -c 'reset works' out || true
