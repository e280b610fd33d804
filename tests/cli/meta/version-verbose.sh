"$ESPFLASH" --version --verbose | sed -e 's/:  *[0-9.]*$/: N/' -e 's/\(: *\)\(Nettle\|Mbed TLS\) [0-9.]*$/: NAME N/' -e 7,\$d
