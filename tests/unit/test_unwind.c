/* SPDX-License-Identifier: MIT */
/*
 * Backtraces from panic dumps of programs that crashed in QEMU (tests/golden/unwind). The
 * expected backtrace is gdb's of the same moment.
 */
#include <stdio.h>

#include "decoder_rig.h"
#include "symbols/addr_text.h"
#include "symbols/riscv_dump.h"

#define UNWIND_DIR EF_SOURCE_DIR "/tests/golden/unwind"

static char *load_text(const char *name, const char *ext)
{
	char file[64];
	struct made m;
	char *text;

	ck_assert(snprintf(file, sizeof(file), "%s.%s", name, ext) < (int)sizeof(file));
	ck_assert_msg(load_file(UNWIND_DIR, file, &m), "%s is missing", file);
	text = malloc(m.len + 1);
	ck_assert_ptr_nonnull(text);
	memcpy(text, m.data, m.len);
	text[m.len] = '\0';
	free(m.data);
	return text;
}

static struct made load_elf(const char *name)
{
	char file[64];
	struct made m;

	ck_assert(snprintf(file, sizeof(file), "%s.elf", name) < (int)sizeof(file));
	ck_assert_msg(load_file(UNWIND_DIR, file, &m), "%s is missing", file);
	return m;
}

struct bt_line {
	char pc[16], func[64], place[64];
	bool is_end;
};

/* gdb's "#3  0x800002ae in recurse (n=0) at crash.c:90"; moves behind it. */
static struct bt_line bt_line(const char **bt)
{
	struct bt_line l = { .is_end = **bt == '\0' };
	const char *end = strchr(*bt, '\n'), *at = end, *in;

	if (l.is_end)
		return l;
	in = strstr(*bt, " in ") + 4;
	while (strncmp(at, " at ", 4) != 0)
		at--;
	snprintf(l.pc, sizeof(l.pc), "%.10s", strstr(*bt, "0x"));
	snprintf(l.func, sizeof(l.func), "%.*s", (int)strcspn(in, " "), in);
	snprintf(l.place, sizeof(l.place), "%.*s", (int)(end - at - 4), at + 4);
	*bt = end + 1;
	return l;
}

/* The same pc again, but another function: the one before was inlined into it. */
static bool is_around(const struct bt_line *l, const struct bt_line *inner)
{
	return strcmp(l->pc, inner->pc) == 0 && strcmp(l->func, inner->func) != 0;
}

/* gdb's backtrace in our words, from line first on. */
static void expect(const char *bt, unsigned first, char *dst, size_t cap)
{
	struct bt_line before = { .pc = "" }, l = bt_line(&bt);
	size_t len = 0;

	dst[0] = '\0';
	for (unsigned line = 0; !l.is_end; line++) {
		struct bt_line next = bt_line(&bt);
		bool is_outer = is_around(&l, &before);

		if (line >= first && ef_symbols_has_lines())
			len += (size_t)snprintf(dst + len, cap - len, "%s%s%s\n    at /unwind/%s\n",
						is_outer ? "  (inlined by) " : l.pc,
						is_outer ? "" : " - ", l.func, l.place);
		else if (line >= first && !is_around(&next, &l))
			len += (size_t)snprintf(dst + len, cap - len, "%s - %s\n    at ??:??\n",
						l.pc, l.func); /* symbols know no inlined ones */
		ck_assert_uint_lt(len, cap);
		before = l;
		l = next;
	}
}

static const char header[] = "Backtrace, unwound from the dump:\n";

START_TEST(agrees_with_gdb)
{
	/* -Os; -O2 with frame pointers; .eh_frame; -O0; -msave-restore; a jump to nowhere */
	static const char *const name[] = { "os", "fp", "eh", "o0", "save", "jump" };
	char *log = load_text(name[_i], "log"), *bt = load_text(name[_i], "bt");
	char want[8192], pc_text[16];
	const char *got;
	uint32_t pc;
	struct rig r;

	rig_open(&r, load_elf(name[_i]), (struct ef_decoder_opts){ .no_addresses = false });
	rig_feed(&r, log, NULL);
	got = strstr(r.said, header);
	ck_assert_msg(got != NULL, "not unwound: %s", r.said);
	got += strlen(header);
	if (strcmp(name[_i], "jump") == 0) {
		static const char nowhere[] = "0x30000028 - ??\n0x";

		ck_assert_msg(strncmp(got, nowhere, strlen(nowhere)) == 0, "%s", got);
		/* gdb was told to look one byte before the return address. */
		got += strlen(nowhere) - 2;
		expect(bt, 0, want, sizeof(want));
		ck_assert_uint_eq(ef_hex_at(want + 2, 8, &pc), 8);
		snprintf(pc_text, sizeof(pc_text), "0x%08x", pc + 1);
		memcpy(want, pc_text, 10);
	} else
		expect(bt, 0, want, sizeof(want));
	ck_assert_str_eq(got, want);
	rig_close(&r);
	free(log);
	free(bt);
}
END_TEST

/*
 * ESP-IDF's own RISC-V backtraces: return addresses (frame pointers) or 2 less (.eh_frame). The
 * lines are gdb's either way.
 */
START_TEST(printed_backtraces)
{
	char *bt = load_text("os", "bt"), want[8192], line[1024];
	struct bt_line l, before = { .pc = "" };
	const char *p = bt;
	size_t len = (size_t)snprintf(line, sizeof(line), "Backtrace:");
	struct rig r;

	expect(bt, 0, want, sizeof(want));
	for (l = bt_line(&p); !l.is_end; before = l, l = bt_line(&p)) {
		uint32_t pc;

		if (is_around(&l, &before))
			continue;
		ck_assert_uint_eq(ef_hex_at(l.pc + 2, 8, &pc), 8);
		pc -= before.pc[0] != '\0' && _i == 1 ? 2 : 0;
		len += (size_t)snprintf(line + len, sizeof(line) - len, " 0x%08x:0x80001000", pc);
		ck_assert_uint_lt(len, sizeof(line));
	}
	rig_open(&r, load_elf("os"), (struct ef_decoder_opts){ .no_addresses = false });
	rig_feed(&r, line, NULL);
	if (_i == 0)
		ck_assert_str_eq(r.said, want);
	/* but for the addresses themselves */
	ck_assert_uint_eq(strlen(r.said), strlen(want));
	for (char *got = r.said, *w = want; *got;) {
		size_t same = got[0] == '0' ? 10 : 0, end = strcspn(got, "\n") + 1;

		ck_assert_msg(strncmp(got + same, w + same, end - same) == 0, "%s", got);
		got += end;
		w += end;
	}
	rig_close(&r);
	free(bt);
}
END_TEST

/* A dump whose stack is cut at any line: the frames that are there, then the reason for the end. */
START_TEST(cut_dumps_say_so)
{
	char *log = load_text("os", "log"), *bt = load_text("os", "bt");
	char *stack = strstr(log, "Stack memory:");
	char want[8192];
	struct rig r;

	expect(bt, 0, want, sizeof(want));
	for (char *end = strchr(stack, '\n') + 1; end[0] == '8'; end = strchr(end, '\n') + 1) {
		const char *got;
		bool is_all;
		size_t same = 0;
		char *cut = strchr(end, '\n') + 1, kept = *cut;

		*cut = '\0';
		rig_open(&r, load_elf("os"), (struct ef_decoder_opts){ .no_addresses = false });
		rig_feed(&r, log, NULL);
		ck_assert_ptr_null(strstr(r.said, header));
		ef_decoder_flush(r.decoder); /* the log pauses */
		got = strstr(r.said, header);
		ck_assert_ptr_nonnull(got);
		got += strlen(header);
		while (got[same] != '\0' && got[same] == want[same])
			same++;
		is_all = got[same] == '\0';
		ck_assert_msg(is_all ||
				      strcmp(got + same, "    (can't be unwound further: the rest "
							 "of the stack is not in the dump)\n") == 0,
			      "%s", got);
		*cut = kept;
		/*
		 * If stack was missing, more of it may come. If nothing was missing, there is no
		 * second backtrace.
		 */
		rig_feed(&r, cut, NULL);
		if (is_all || cut[0] != '8')
			ck_assert_str_eq(r.said, "");
		else
			ck_assert_str_eq(r.said + strlen(header), want);
		ef_decoder_flush(r.decoder);
		rig_close(&r);
	}
	free(log);
	free(bt);
}
END_TEST

/* esp-backtrace: a return address and the bytes from the stack pointer on. */
START_TEST(stackdump_line)
{
	static const char digits[] = "0123456789abcdef";
	char *log = load_text("os", "log"), *bt = load_text("os", "bt");
	char want[8192], line[8192], bytes[4096];
	struct ef_riscv_dump d = { .has_pc = false };
	size_t len = 0, from;
	const char *pc;
	struct rig r;

	for (const char *p = log; *p; p = strchr(p, '\n') + 1)
		(void)ef_dump_take(&d, p, strcspn(p, "\n"));
	ck_assert(ef_dump_is_complete(&d));
	/* Frame 4 of gdb's list begins behind the word that holds its own return address. */
	pc = strstr(strstr(bt, "#4 "), "0x") + 2;
	for (from = 0; from + 4 < d.stack_len; from += 4) {
		char word[9];

		snprintf(word, sizeof(word), "%08x", ef_le32(d.stack + from));
		if (memcmp(word, pc, 8) == 0)
			break;
	}
	from += 4;
	for (size_t i = from; i < d.stack_len; i++) {
		bytes[len++] = digits[d.stack[i] >> 4];
		bytes[len++] = digits[d.stack[i] & 15];
	}
	bytes[len] = '\0';
	ck_assert(snprintf(line, sizeof(line), "STACKDUMP: %.8s %s", pc, bytes) < 8192);
	expect(bt, 4, want + strlen(header), sizeof(want) - strlen(header));
	memcpy(want, header, strlen(header));
	rig_open(&r, load_elf("os"), (struct ef_decoder_opts){ .no_addresses = false });
	rig_feed(&r, line, want);
	rig_feed(&r, "STACKDUMP: 80000290", "");
	rig_feed(&r, "STACKDUMP: zz 00", "");
	rig_close(&r);
	ef_dump_release(&d);
	free(log);
	free(bt);
}
END_TEST

/* Stack words that lead in circles or nowhere end the backtrace, with a reason. */
START_TEST(damaged_stacks_end)
{
	char *log = load_text("os", "log");
	struct rig r;
	uint32_t seed = 1;

	rig_open(&r, load_elf("os"), (struct ef_decoder_opts){ .no_addresses = false });
	for (unsigned round = 0; round < 300; round++) {
		char *copy = malloc(strlen(log) + 1);

		ck_assert_ptr_nonnull(copy);
		memcpy(copy, log, strlen(log) + 1);
		for (unsigned i = 0; i < 6; i++) {
			char *p;

			seed = seed * 1103515245 + 12345;
			p = copy + seed / 65536 % strlen(log);
			if (*p >= '0' && *p <= '9')
				*p = (char)('0' + seed % 10);
		}
		rig_feed(&r, copy, NULL);
		ck_assert_uint_lt(r.len, 16384);
		free(copy);
	}
	rig_close(&r);
	free(log);
}
END_TEST

/* Another program's ELF, and one without frame information. */
START_TEST(says_what_is_missing)
{
	char *log = load_text("os", "log");
	struct make_section text = { ".text", 1, 6, 0x80000000, 0x400, NULL };
	struct rig r;

	rig_open(&r, make_elf(EF_EM_RISCV, &text, 1),
		 (struct ef_decoder_opts){ .no_addresses = false });
	rig_feed(&r, log, NULL);
	ck_assert_ptr_nonnull(strstr(r.said, "the ELF has no frame information for 0x800002"));
	rig_close(&r);
	text.addr = 0x42000000;
	rig_open(&r, make_elf(EF_EM_RISCV, &text, 1),
		 (struct ef_decoder_opts){ .no_addresses = false });
	rig_feed(&r, log, NULL);
	ck_assert_ptr_nonnull(strstr(r.said, "no ELF given has code at 0x800002"));
	rig_close(&r);
	free(log);
}
END_TEST

Suite *suite_unwind(void);

Suite *suite_unwind(void)
{
	Suite *s = suite_create("unwind");
	TCase *tc = tcase_create("unwind");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, agrees_with_gdb, 0, 6);
	tcase_add_loop_test(tc, printed_backtraces, 0, 2);
	tcase_add_test(tc, cut_dumps_say_so);
	tcase_add_test(tc, stackdump_line);
	tcase_add_test(tc, damaged_stacks_end);
	tcase_add_test(tc, says_what_is_missing);
	suite_add_tcase(s, tc);
	return s;
}
