/* SPDX-License-Identifier: MIT */
/*
 * Frames that no compiler at hand makes, written byte by byte: a frame that is
 * found through gp, a function without a frame, and stacks that do not grow.
 */
#include "decoder_rig.h"

/* DWARF 5, 7.24: call frame instructions, and one operation of 7.7.1 */
enum {
	DEF_CFA = 0x0c,
	DEF_CFA_EXPRESSION = 0x0f,
	UNDEFINED = 0x07,
	SAME_VALUE = 0x08,
	OFFSET = 0x80,
	BREG = 0x70,
};
enum { RA = 1, SP = 2, GP = 3 };

#define SECTION 0x80000000u
#define FUNC    0x100u /* bytes of each function */

/* One function after the other; what each says of its frame, in up to 8 bytes. */
enum { USUAL, BY_GP, OUTERMOST, FRAMELESS, NORETURN, FUNCS };
static const uint8_t frames[FUNCS][8] = {
	[USUAL] = { DEF_CFA, SP, 16, OFFSET | RA, 1 }, /* 16 bytes, ra at the top */
	[BY_GP] = { DEF_CFA_EXPRESSION, 2, BREG + GP, 0, OFFSET | RA, 1 },
	[OUTERMOST] = { DEF_CFA, SP, 16, UNDEFINED, RA },
	[FRAMELESS] = { DEF_CFA, SP, 0, SAME_VALUE, RA },
	/* clang's noreturn functions: a frame, and no rule for ra */
	[NORETURN] = { DEF_CFA, SP, 16 },
};

/* .debug_frame: one CIE of version 1, and an FDE for each function. */
static uint32_t make_frames(uint8_t *dst, size_t cap)
{
	/* alignment 1 of code, -4 of data; ra returns; no instructions but padding */
	static const uint8_t cie[] = { 1, 0, 1, 0x7c, RA, 0, 0, 0 };
	struct ef_wr w = ef_wr_init(dst, cap);

	ef_wr_le32(&w, 4 + sizeof(cie));
	ef_wr_le32(&w, 0xffffffff);
	ef_wr_bytes(&w, cie, sizeof(cie));
	for (uint32_t i = 0; i < FUNCS; i++) {
		ef_wr_le32(&w, 12 + sizeof(frames[i]));
		ef_wr_le32(&w, 0); /* its CIE */
		ef_wr_le32(&w, SECTION + i * FUNC);
		ef_wr_le32(&w, FUNC);
		ef_wr_bytes(&w, frames[i], sizeof(frames[i]));
	}
	ck_assert(!w.bad);
	return (uint32_t)w.len;
}

static uint32_t pc_in(uint32_t func)
{
	return SECTION + func * FUNC + 0x10;
}

/* A crash, and the words of its stack from sp on. */
struct crash {
	uint32_t func, ra, gp;
	uint32_t word[8];
	const char *want; /* the last line */
	uint32_t frames;
};

#define STACK 0x80001d00u

static const struct crash crashes[] = {
	/* gp is kept by calls, so the second frame is found through the first one's gp */
	{ .func = USUAL,
	  .gp = STACK + 0x20,
	  .word = { [3] = SECTION + BY_GP * FUNC + 0x10, [7] = SECTION + OUTERMOST * FUNC + 0x10 },
	  .frames = 3 },
	/* a second frame that ends where it begins, and one that ends below */
	{ .func = USUAL,
	  .gp = STACK + 0x10,
	  .word = { [3] = SECTION + BY_GP * FUNC + 0x10 },
	  .want = "(can't be unwound further: the stack is damaged)",
	  .frames = 2 },
	{ .func = USUAL,
	  .gp = STACK + 0xc,
	  .word = { [2] = SECTION + OUTERMOST * FUNC + 0x10, [3] = SECTION + BY_GP * FUNC + 0x10 },
	  .want = "(can't be unwound further: the stack is damaged)",
	  .frames = 2 },
	/* one word is enough to go on */
	{ .func = USUAL,
	  .gp = STACK + 0x14,
	  .word = { [3] = SECTION + BY_GP * FUNC + 0x10, [4] = SECTION + OUTERMOST * FUNC + 0x10 },
	  .frames = 3 },
	/* the innermost function needs no frame, */
	{ .func = FRAMELESS,
	  .ra = SECTION + USUAL * FUNC + 0x10,
	  .word = { [3] = SECTION + OUTERMOST * FUNC + 0x10 },
	  .frames = 3 },
	/* but every other one does: it would return to itself for ever */
	{ .func = FRAMELESS,
	  .ra = SECTION + FRAMELESS * FUNC + 0x10,
	  .want = "(can't be unwound further: the function at 0x80000310 saved no return "
		  "address, as functions that never return do)",
	  .frames = 2 },
	/* ra is right in the innermost function, and useless in one that made a call */
	{ .func = NORETURN,
	  .ra = SECTION + USUAL * FUNC + 0x10,
	  .word = { [7] = SECTION + OUTERMOST * FUNC + 0x10 },
	  .frames = 3 },
	{ .func = FRAMELESS,
	  .ra = SECTION + NORETURN * FUNC + 0x10,
	  .want = "(can't be unwound further: the function at 0x80000410 saved no return "
		  "address, as functions that never return do)",
	  .frames = 2 },
	{ .func = USUAL,
	  .word = { [3] = SECTION + NORETURN * FUNC + 0x10 },
	  .want = "(can't be unwound further: the function at 0x80000410 saved no return "
		  "address, as functions that never return do)",
	  .frames = 2 },
};

START_TEST(made_frames)
{
	const struct crash *c = &crashes[_i];
	uint8_t cfi[256];
	const struct make_section sections[] = {
		{ ".text", 1, 6, SECTION, FUNCS * FUNC, NULL },
		{ ".debug_frame", 1, 0, 0, make_frames(cfi, sizeof(cfi)), cfi },
	};
	char log[1024];
	size_t frames_said = 0, len;
	const char *said;
	struct rig r;

	len = (size_t)snprintf(log, sizeof(log),
			       "Core  0 register dump:\n"
			       "MEPC    : 0x%08x  RA      : 0x%08x  SP      : 0x%08x  "
			       "GP      : 0x%08x  \n\nStack memory:\n%08x:",
			       pc_in(c->func), c->ra, STACK, c->gp, STACK);
	for (size_t i = 0; i < 8; i++)
		len += (size_t)snprintf(log + len, sizeof(log) - len, " 0x%08x", c->word[i]);
	(void)snprintf(log + len, sizeof(log) - len, "\n\nRebooting...\n");
	rig_open(&r, make_elf(EF_EM_RISCV, sections, 2),
		 (struct ef_decoder_opts){ .no_addresses = false });
	rig_feed(&r, log, NULL);
	said = strstr(r.said, "unwound from the dump:");
	ck_assert_msg(said != NULL, "%s", r.said);
	for (const char *p = said; (p = strstr(p, "\n0x8000")) != NULL; p++)
		frames_said++;
	ck_assert_msg(frames_said == c->frames, "%s", r.said);
	if (c->want)
		ck_assert_msg(strstr(r.said, c->want) != NULL, "%s", r.said);
	else
		ck_assert_msg(strstr(r.said, "unwound further") == NULL, "%s", r.said);
	rig_close(&r);
}
END_TEST

Suite *suite_unwind_frames(void);

Suite *suite_unwind_frames(void)
{
	Suite *s = suite_create("unwind_frames");
	TCase *tc = tcase_create("unwind_frames");

	tcase_add_loop_test(tc, made_frames, 0, (int)(sizeof(crashes) / sizeof(crashes[0])));
	suite_add_tcase(s, tc);
	return s;
}
