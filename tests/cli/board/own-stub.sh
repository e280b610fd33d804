# --stub loads another stub. The program refuses a file that is no stub before it opens the port.
echo '{}' >stub.json
"$ESPFLASH" board-info --port /dev/null --stub nowhere.json
echo $?
board --chip esp32c3
"$ESPFLASH" -q board-info --stub stub.json
