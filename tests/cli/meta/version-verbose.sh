"$ESPFLASH" --version --verbose | sed -e 's/:  *[0-9.]*$/: N/' -e 7,\$d
