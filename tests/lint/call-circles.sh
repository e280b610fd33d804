#!/bin/sh
# SPDX-License-Identifier: MIT
# Finds circles of files that need each other's functions or data. scripts/check-layers sees only
# #include lines, and files that share one header can call each other in a circle without
# one. The symbols of the object files tell. Two files may need each other; more may not.
#   call-circles.sh OBJECT...
# Exit status: 0 none; 1 a circle, which is printed; 77 no nm, or objects that it can't read.
LC_ALL=C
export LC_ALL
command -v nm >/dev/null || { echo 'nm is not installed'; exit 77; }
symbols=$(mktemp) || exit 2
trap 'rm -f "$symbols"' EXIT
nm -A -P -g "$@" >"$symbols" 2>/dev/null
awk '
# "path/to/crash.c.o: ef_crash_init T 0 1f": U marks a symbol that the file needs.
{
	file = $1
	sub(/:$/, "", file); sub(/.*[.]dir\//, "", file); sub(/[.]o(bj)?$/, "", file)
	if ($3 == "U") need[++needs] = file SUBSEP $2
	else if ($3 ~ /^[A-TX-Z]$/) home[$2] = file
}
# Add to to[] what a file leads to.
function reach(from, to,   todo, n, k, list, i) {
	n = split(targets[from], todo, " ")
	for (k = 1; k <= n; k++) {
		if (todo[k] in to) continue
		to[todo[k]] = 1
		for (i = split(targets[todo[k]], list, " "); i > 0; i--) todo[++n] = list[i]
	}
}
END {
	for (i = 1; i <= needs; i++) {
		split(need[i], pair, SUBSEP)
		target = home[pair[2]]
		if (!target || target == pair[1] || seen[pair[1], target]++) continue
		targets[pair[1]] = targets[pair[1]] " " target
		arrows++
	}
	# Files without arrows mean that nm could not read them (another format, LTO).
	if (!arrows) exit 77
	for (u in targets) {
		split("", to)
		reach(u, to)
		for (v in to) leads[u, v] = 1
	}
	for (u in targets) {
		if (!((u, u) in leads) || told[u]) continue
		n = 0; names = ""
		for (v in targets)
			if ((u, v) in leads && (v, u) in leads) { n++; names = names "\n  " v; told[v] = 1 }
		if (n > 2) { printf "%d files call each other in a circle:%s\n", n, names; bad = 1 }
	}
	exit bad
}' "$symbols"
