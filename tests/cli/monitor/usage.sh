# Bad options are errors before the port is opened.
for how in '--until (' '--fail [' '--filter a:b:c' '--filter x:Q' '--exit-key ctrl-m' '--menu-key f1' \
	'--exit-key none --menu-key none' '--exit-key ctrl-r' '--until \<x' \
	'--save-raw' '--timeout 0' '--on-panic maybe' '--log-format defmt' '--elf /nowhere' \
	'--save-log /nowhere/log' '--save-log -' '--no-addresses --all-addresses'; do
	# shellcheck disable=SC2086
	"$ESPFLASH" monitor -p /nowhere $how
	echo "$how: $?"
done
true
