# Side files must differ from the results and from each other.
for args in '--log-file -' '--trace -' '--log-file x --trace x'; do
	# shellcheck disable=SC2086
	"$ESPFLASH" $args list-ports
done
echo $?
ls
