board --chip esp32c6 --secure-download
"$ESPFLASH" -q read-mac
echo $?
again
"$ESPFLASH" -q flash-id
