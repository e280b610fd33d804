# The chip refuses all requests.
# shellcheck disable=SC1091
. "$SRC/tests/cli/lies.sh"
lies refuse-from=2 refuse-from=27 refuse-from=36
