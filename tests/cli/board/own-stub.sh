# --stub loads another stub; what is no stub is refused before the port is touched.
echo '{}' >stub.json
"$ESPFLASH" board-info --port /dev/null --stub nowhere.json
echo $?
board --chip esp32c3
"$ESPFLASH" -q board-info --stub stub.json
