# SPDX-License-Identifier: MIT
# Used by scripts/mutate: prints the ways to break each line of a C file, as
# "FILE <tab> LINE <tab> KIND <tab> changed line". -v only=N restricts it to a line.
#
# It relies on clang-format's layout: a binary operator has blanks around it, and
# a statement begins on its own line. It skips comments, strings, log and error
# messages, assertions, preprocessor lines other than #define NAME NUMBER, and
# calls that only free memory or pages (the sanitizers check those, unit tests can't). It also
# skips the size of an allocation (as before, the sanitizers) and the test for its failure
# on the next line (tests/torture lets each allocation fail).

function offer(kind, text) {
	if (!only || only == FNR) printf "%s\t%d\t%s\t%s\n", file, FNR, kind, text
}

# Return the line with text in place of the len characters at pos.
function with(pos, len, text) {
	return substr($0, 1, pos - 1) text substr($0, pos + len)
}

# Offer one break for each occurrence of from: it becomes to.
function swap(kind, from, to,    pos, at) {
	for (pos = 1; (at = index(substr(code, pos), from)) > 0; pos += at - 1 + length(from))
		offer(kind, with(pos + at - 1, length(from), to))
}

# Blank out comments, and fill strings and characters with their quote: positions stay.
function mask(line,    i, c, out, quote) {
	out = ""; quote = ""
	for (i = 1; i <= length(line); i++) {
		c = substr(line, i, 1)
		if (in_comment) {
			out = out " "
			if (c == "*" && substr(line, i + 1, 1) == "/") { out = out " "; i++; in_comment = 0 }
		} else if (quote != "") {
			out = out quote
			if (c == "\\") { out = out quote; i++ } else if (c == quote) quote = ""
		} else if (c == "/" && substr(line, i + 1, 1) == "*") {
			out = out "  "; i++; in_comment = 1
		} else if (c == "/" && substr(line, i + 1, 1) == "/") {
			return out
		} else {
			if (c == "\"" || c == "'") quote = c
			out = out c
		}
	}
	return out
}

function numbers(    pos, rest, before, text) {
	pos = 1
	while (match(rest = substr(code, pos), /(0x[0-9a-fA-F]+|[0-9]+)[uUlL]*/)) {
		before = substr(code, pos + RSTART - 2, 1)
		text = substr(rest, RSTART, RLENGTH)
		if (pos + RSTART < 3 || before !~ /[A-Za-z0-9_.]/) {
			if (substr(rest, RSTART + RLENGTH, 1) !~ /[.A-Za-z_]/) {
				offer("number + 1", with(pos + RSTART - 1, RLENGTH, "(" text " + 1)"))
				if (text !~ /^0[uUlL]*$/)
					offer("number - 1", with(pos + RSTART - 1, RLENGTH, "(" text " - 1)"))
			}
		}
		pos += RSTART + RLENGTH - 1
	}
}

# Whether the line is "X < Y ? X : Y" or a relative of it: equal operands give the same
# result, whichever is chosen, so "<" and "<=" mean the same there.
function is_extreme(op,    at, x, y, a, b) {
	at = index(code, op)
	x = substr(code, 1, at - 1)
	sub(/^.*(= |return |, |\()/, "", x)
	y = substr(code, at + length(op))
	at = index(y, " ? ")
	if (!at) return 0
	a = substr(y, at + 3)
	y = substr(y, 1, at - 1)
	at = index(a, " : ")
	b = substr(a, at + 3)
	a = substr(a, 1, at - 1)
	sub(/[;,)].*$/, "", b)
	return at && ((x == a && y == b) || (x == b && y == a))
}

# from and to differ only where both sides are equal
function bound(from, to) {
	if (!is_extreme(from)) swap("comparison", from, to)
}

function operators() {
	bound(" < ", " <= ");               swap("comparison", " < ", " >= ")
	bound(" > ", " >= ");               swap("comparison", " > ", " <= ")
	bound(" <= ", " < ");               bound(" >= ", " > ")
	swap("comparison", " == ", " != "); swap("comparison", " != ", " == ")
	swap("logic", " &&", " ||");        swap("logic", " ||", " &&")
	swap("sum", " + ", " - ");          swap("sum", " - ", " + ")
	swap("sum", " += ", " -= ");        swap("sum", " -= ", " += ")
}

function negations(    pos, at) {
	for (pos = 1; (at = index(substr(code, pos), "!")) > 0; pos += at) {
		if (substr(code, pos + at, 1) ~ /[A-Za-z_(*]/)
			offer("negation", with(pos + at - 1, 1, ""))
	}
}

# A condition that is complete on this line. Its calls still happen.
function conditions(    start, end, cond) {
	if (!match(code, /^[\t ]*(} else )?(if|while) \(/))
		return
	start = RSTART + RLENGTH
	end = code ~ /\) {[ ]*$/ ? length(code) - 2 : length(code)
	while (end > start && substr(code, end, 1) == " ") end--
	if (substr(code, end, 1) != ")" || depth_of(substr(code, start, end - start)) != 0)
		return
	cond = substr($0, start, end - start)
	offer("condition false", with(start, end - start, "(" cond ") && false"))
	if (code !~ /^[\t ]*while/)
		offer("condition true", with(start, end - start, "(" cond ") || true"))
}

function depth_of(text,    opened, closed) {
	opened = gsub(/\(/, "(", text)
	closed = gsub(/\)/, ")", text)
	return opened - closed
}

# A statement that is complete on this line.
function statements() {
	if (code !~ /^\t.*;[ ]*$/ || code ~ /^\t+(return|break|continue|goto|\(void\))/)
		return
	if (before != "" && before !~ /[;{}):]$|else$|do$/)
		return
	if (depth_of(code) != 0 || code ~ /(free|_release|_close|map_passed|End)\(/)
		return
	# Drop an assignment, a call or an increment, but not a declaration.
	if (code ~ /^\t+[*A-Za-z_][^ ]* [-+*\/|&^%<>]*= / || code ~ /^\t+[a-z_0-9]+\(/ ||
	    code ~ /^\t+[-+][-+]|[-+][-+];/) {
		match(code, /^\t+/)
		offer("dropped", substr($0, 1, RLENGTH) ";")
	}
}

FNR == 1 { in_comment = 0; in_message = 0; before = "" }
{
	code = mask($0)
	sub(/[ \t]+$/, "", code)
	is_open_message = in_message
	if (code ~ /(ef_log|ef_rom_log_[a-z]+|ef_fail[a-z_]*|ef_hint[a-z_]*|ef_context|ef_event_(info|warn)|gate_add(_erase)?|assert|snprintf)\(/)
		is_open_message = 1
	if (is_open_message) {
		in_message = code !~ /[;{]$|\)$/
	} else if (code ~ /^#define [A-Za-z_0-9]+[ \t]+[^ \t]/ && code !~ /\\$/ && code !~ /"/) {
		numbers()
	} else if (code ~ /alloc\(/ || (before ~ /alloc\(/ && code ~ /^\t+if \(!/)) {
		;
	} else if ((code ~ /^\t/ || code ~ / = /) && code !~ /"/ && code ~ /[^ \t{}]/ &&
		   code !~ /^[\t ]*(static |const |unsigned |struct )*[a-z_0-9]+ \**[a-z_0-9]+\[[^]]*\];/) {
		numbers()
		operators()
		negations()
		conditions()
		statements()
	}
	if (code != "") before = code
}
