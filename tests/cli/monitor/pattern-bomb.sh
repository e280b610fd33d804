# A pattern that would need gigabytes, or more stack than there is, is refused at once.
parens=$(head -c 20000 /dev/zero | tr '\0' '(')
deep=$(head -c 100 /dev/zero | tr '\0' '(')x$(head -c 100 /dev/zero | tr '\0' ')')
long=$(head -c 20000 /dev/zero | tr '\0' 'x')
for pattern in "$parens" "$deep" "$long" '((a{99}){99}){99}' '((a{1,99}){1,99}){1,99}' 'a{99999999999}' '(a|b){5000,}' '(a\>*)*'; do
	for option in --until --until-all --until-seq --fail; do
		timeout 60 "$ESPFLASH" monitor -p socket://127.0.0.1:1 $option "$pattern" >out 2>&1
		status=$?
		[ $status = 2 ] || echo "$pattern: $status"
	done
	head -n 1 out | cut -c 1-120
done
# what logs need is no bomb
for pattern in 'a{0,200}b' '[]x]+[^]]{64}' '((([0-9]+\.)+)?[0-9a-f]{64},)*' 'x{,3}' 'a{' '[a{1000}]{2}' \
	'(((((((((((((((((((((x+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)' '[[:alpha:]]{5000}' 'a{1,32767}' '(a{1,99}){1,99}'; do
	timeout 60 "$ESPFLASH" monitor -p socket://127.0.0.1:1 --until "$pattern" >out 2>&1
	grep -q 'too large' out && echo "$pattern"
done
exit 0
