# SPDX-License-Identifier: MIT
# Used by scripts/fuzz-corpus: reads the control file of libFuzzer's -set_cover_merge, and prints up
# to `most` files, each the one that adds the most to the tree's own and those before it. New edges
# count first, then new features (how often an edge is passed); of equals the smaller file.
#
# The file has a number of files, how many of them are the tree's, their names, and for each a line
# "FT number feature...". Eight features are one edge.

function take(row,    list, n, k) {
	n = split(row, list, " ")
	for (k = 3; k <= n; k++) {
		has[list[k]] = 1
		has_edge[int(list[k] / 8)] = 1
	}
}

function gain(row,    list, n, k, edges, features, seen) {
	n = split(row, list, " ")
	for (k = 3; k <= n; k++) {
		if (list[k] in has) continue
		features++
		if ((int(list[k] / 8) in has_edge) || (int(list[k] / 8) in seen)) continue
		seen[int(list[k] / 8)] = 1
		edges++
	}
	return edges * 1000000 + features
}

NR == 1 { count = $1; next }
NR == 2 { own = $1; next }
NR <= count + 2 { name[NR - 3] = $0; next }
$1 == "FT" && $2 < own { take($0) }
$1 == "FT" && $2 >= own { row[$2] = $0 }

END {
	for (; most > 0; most--) {
		best = 0
		for (i = own; i < count; i++) {
			if (!(i in row)) continue
			value = gain(row[i])
			if (value == 0) delete row[i]
			if (value > best) { best = value; chosen = i }
		}
		if (best == 0) exit
		print name[chosen]
		take(row[chosen])
	}
}
