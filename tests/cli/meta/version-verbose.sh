"$ESPFLASH" --version --verbose | sed -e 's/:  *[0-9.]*$/: N/' -e 's/\(: *\)\(Nettle\|Mbed TLS\) [0-9.]*$/: NAME N/' -e '/^libdeflate: /s/ none: .*/ N/;/^libdw: /,$d'
# every library that the program links is named
ldd "$ESPFLASH" >linked 2>/dev/null || exit 0
"$ESPFLASH" --version --verbose >shown
for library in serialport pcre2 nettle deflate cjson zip libz:zlib; do
	grep -q "${library%:*}.*=>" linked || continue
	grep -qi "${library#*:}.*[0-9.]$" shown || echo "--version --verbose lacks $library"
done
