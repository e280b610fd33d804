command -v mandoc >/dev/null || { echo 'no mandoc' >&3; exit 77; }
for page in "$SRC"/docs/man/*.1; do
	mandoc -T lint -W warning "$page" | grep -v 'referenced manual not found'
done
echo done
