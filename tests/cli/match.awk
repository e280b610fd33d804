# SPDX-License-Identifier: MIT
# match.awk EXPECTED ACTUAL: compares line by line. In EXPECTED, "*" stands for
# any text within a line and a line "..." for any number of lines. Exit 1 with
# the first line that does not fit.

function to_regex(glob,    out, i, c) {
	out = ""
	for (i = 1; i <= length(glob); i++) {
		c = substr(glob, i, 1)
		if (c == "*")
			out = out ".*"
		else if (index("\\.[](){}+?^$|/", c))
			out = out "\\" c
		else
			out = out c
	}
	return "^" out "$"
}

FNR == NR { want[++wants] = $0; next }
{ have[++haves] = $0 }

END {
	# reach[i]: the first i expected lines fit the first j actual ones
	for (i = 0; i <= wants; i++)
		reach[i] = (i == 0 || (reach[i - 1] && want[i] == "..."))
	for (i = 1; i <= wants; i++)
		regex[i] = to_regex(want[i])
	for (j = 1; j <= haves; j++) {
		split("", next_reach)
		any = 0
		for (i = 1; i <= wants; i++) {
			if (want[i] == "...")
				next_reach[i] = reach[i] || next_reach[i - 1]
			else
				next_reach[i] = reach[i - 1] && have[j] ~ regex[i]
			any = any || next_reach[i]
		}
		if (!any && !bad)
			bad = j
		for (i = 0; i <= wants; i++)
			reach[i] = next_reach[i]
	}
	if (reach[wants])
		exit 0
	if (bad)
		printf "line %d is not as expected: %s\n", bad, have[bad]
	else
		print "lines are missing at the end"
	exit 1
}
