/* SPDX-License-Identifier: MIT */
/*
 * Lengths at which something begins to differ: of blocks, of content that is sent, of pieces on a
 * bad line, of a stub's parts, and of the time for connecting.
 */
#include "ck_ef.h"
#include "flasher/packer.h"
#include "flasher/start.h"
#include "flasher/stub_json.h"
#include "flasher/transfer.h"
#include "rig/fake_port.h"

#include <stdio.h>

/* ---- blocks of a stream that is made already ---- */

#define CAP   0x4000u /* EF_BLOCK_STUB */
#define SHORT 0x1000u

/* The last block of many has at most SHORT bytes, unless all should be alike. */
static const struct {
	uint32_t len;
	bool is_even;
	uint32_t block[4];
} streams[] = {
	{ 1, false, { 1 } },
	{ CAP - 1, false, { CAP - 1 } },
	{ CAP, false, { CAP } },
	{ CAP + 1, false, { CAP, 1 } },
	{ CAP + SHORT, false, { CAP, SHORT } },
	{ CAP + SHORT + 1, false, { CAP, 1, SHORT } },
	{ 2 * CAP, false, { CAP, CAP - SHORT, SHORT } },
	{ 2 * CAP + 1, false, { CAP, CAP, 1 } },
	{ CAP + SHORT + 1, true, { CAP, SHORT + 1 } },
	{ 2 * CAP, true, { CAP, CAP } },
};

START_TEST(blocks)
{
	struct packer p = { .is_even = streams[_i].is_even };
	struct ef_err err = EF_ERR_INIT;
	unsigned n = 0;

	ck_ok(pack_open_made(&p, calloc(1, streams[_i].len), streams[_i].len, CAP, &err), &err);
	ck_assert_uint_eq(pack_bound(&p, 7), streams[_i].len);
	for (uint32_t at = 0; p.len; at += p.len, pack_next(&p, CAP), n++) {
		ck_assert_uint_lt(n, 4);
		ck_assert_uint_eq(p.len, streams[_i].block[n]);
		ck_assert_ptr_eq(p.block, p.whole + at);
	}
	ck_assert_uint_eq(p.whole_pos, streams[_i].len);
	ck_assert(n == 4 || streams[_i].block[n] == 0);
	pack_close(&p);
	ck_assert(!p.is_open && !p.is_even && !p.whole && !p.room);
}
END_TEST

/*
 * A stub writes 32 KiB at once, and may erase 64 KiB before; what the block before left may come,
 * too (esptool cmds.py).
 */
START_TEST(work_of_a_block)
{
	static const struct {
		uint32_t content, work;
	} works[] = {
		{ 0, 0x10000 },
		{ 1, 1 + 0x20000 },
		{ 0x8000, 0x8000 + 0x20000 },
		{ 0x8001, 0x8001 + 0x30000 },
		{ 0x20000000, 0x20000000 + 0x40000000 + 0x10000 },
		{ 0x55550000, 0xffff0000 + 0x10000 - 1 },
		{ 0x60000000, UINT32_MAX },
		{ UINT32_MAX, UINT32_MAX },
	};

	for (size_t i = 0; i < EF_ARRAY_LEN(works); i++)
		ck_assert_uint_eq(pack_work(works[i].content), works[i].work);
}
END_TEST

/* ---- what is sent ---- */

/* `used` bytes of content, then 0xff */
static const struct {
	uint32_t len, used, by_rom, by_stub;
} contents[] = {
	{ 4, 4, 4, 4 },
	{ 5, 5, 5, 5 },
	{ 1, 0, 1, 1 },
	{ 3, 0, 3, 3 },
	{ 8, 0, 4, 4 },
	{ 8, 4, 4, 4 },
	{ 8, 5, 8, 8 },
	{ 0x1000, 0x10, 0x10, 0x10 },
	{ 0x1000, 0x11, 0x14, 0x14 },
	{ 0x1000, 0xfff, 0x1000, 0x1000 },
	/* a stub has to get into the last sector */
	{ 0x1001, 0x10, 0x10, 0x1001 },
	{ 0x1004, 0x10, 0x10, 0x1004 },
	{ 0x1008, 0x10, 0x10, 0x1004 },
	{ 0x2000, 0x10, 0x10, 0x1004 },
	{ 0x2001, 0x10, 0x10, 0x2001 },
	{ 0x3000, 0x2100, 0x2100, 0x2100 },
	{ 0x3000, 0x1fff, 0x2000, 0x2004 },
};

START_TEST(content_that_is_sent)
{
	uint8_t *data = malloc(contents[_i].len);

	ck_assert_ptr_nonnull(data);
	memset(data, 0xff, contents[_i].len);
	memset(data, 0x11, contents[_i].used);
	ck_assert_uint_eq(transfer_content_len(data, contents[_i].len, false), contents[_i].by_rom);
	ck_assert_uint_eq(transfer_content_len(data, contents[_i].len, true), contents[_i].by_stub);
	free(data);
}
END_TEST

/* Pieces shrink to a quarter and grow to the double (budgets.c), within their limits. */
START_TEST(pieces)
{
	struct ef_flasher f = { .form.flash_block = CAP };

	ck_assert_uint_eq(transfer_shrink(0x8000, 0x1000), 0x2000);
	ck_assert_uint_eq(transfer_shrink(0x4000, 0x1000), 0x1000);
	ck_assert_uint_eq(transfer_shrink(0x3000, 0x1000), 0x1000);
	ck_assert_uint_eq(transfer_grow(0x2000, 0x8000), 0x4000);
	ck_assert_uint_eq(transfer_grow(0x8000, 0x8000), 0x8000);
	f.rom.loader = EF_LOADER_STUB;
	for (uint32_t want = CAP / 4; want >= 256; want /= 4) {
		transfer_shrink_piece(&f);
		ck_assert_uint_eq(f.recovery.piece, want);
	}
	transfer_shrink_piece(&f);
	ck_assert_uint_eq(f.recovery.piece, 256);
	for (uint32_t want = 512; want < CAP; want *= 2) {
		transfer_grow_piece(&f);
		ck_assert_uint_eq(f.recovery.piece, want);
	}
	transfer_grow_piece(&f);
	ck_assert_uint_eq(f.recovery.piece, 0);
	f.rom.loader = EF_LOADER_ROM;
	transfer_shrink_piece(&f);
	ck_assert_uint_eq(f.recovery.piece, 0);
}
END_TEST

/* A progress neither goes back nor comes twice. */
static char shown[256];

static void note_progress(void *user, const struct ef_event *e)
{
	size_t len = strlen(shown);

	(void)user;
	(void)snprintf(shown + len, sizeof(shown) - len, "%llu ", (unsigned long long)e->done);
}

START_TEST(progress)
{
	struct ef_flasher f = { .opts.event = note_progress };
	const struct ef_region region = { 0, NULL, 100, "app" };
	struct transfer t = { .f = &f, .region = &region };
	static const uint32_t done[] = { 0, 0, 1, 1, 5, 4, 6, 100, 100, 7 };

	for (size_t i = 0; i < EF_ARRAY_LEN(done); i++)
		transfer_show(&t, done[i]);
	ck_assert_str_eq(shown, "0 1 5 6 100 ");
}
END_TEST

/* ---- a stub's image ---- */

static char json[2u << 20];

static bool parse(const char *text, size_t len, struct ef_stub *s, struct ef_err *err)
{
	*s = (struct ef_stub)EF_STUB_INIT;
	return ef_stub_parse((const uint8_t *)text, len, s, err);
}

/* "AAEC" are three bytes. */
static const struct {
	const char *json;
	const char *refused; /* NULL: it is right */
} ends[] = {
	{ "{\"entry\":0,\"text_start\":0,\"text\":\"AAEC\"}", NULL },
	{ "{\"entry\":2,\"text_start\":0,\"text\":\"AAEC\"}", NULL },
	{ "{\"entry\":3,\"text_start\":0,\"text\":\"AAEC\"}", "outside its text" },
	{ "{\"entry\":4294967292,\"text_start\":4294967292,\"text\":\"AAEC\"}", NULL },
	{ "{\"entry\":4294967293,\"text_start\":4294967293,\"text\":\"AAEC\"}",
	  "passes the end of memory" },
	{ "{\"entry\":4294967295,\"text_start\":4294967295,\"text\":\"AAEC\"}",
	  "passes the end of memory" },
	{ "{\"entry\":9,\"text_start\":8,\"text\":\"AAEC\",\"data\":\"AAEC\",\"data_start\":11}",
	  NULL },
	{ "{\"entry\":9,\"text_start\":8,\"text\":\"AAEC\",\"data\":\"AAEC\",\"data_start\":10}",
	  "overlap" },
	{ "{\"entry\":9,\"text_start\":8,\"text\":\"AAEC\",\"data\":\"AAEC\",\"data_start\":5}",
	  NULL },
	{ "{\"entry\":9,\"text_start\":8,\"text\":\"AAEC\",\"data\":\"AAEC\",\"data_start\":6}",
	  "overlap" },
	{ "{\"entry\":9,\"text_start\":8,\"text\":\"AAEC\",\"data\":\"AAEC\","
	  "\"data_start\":4294967292}",
	  NULL },
	{ "{\"entry\":9,\"text_start\":8,\"text\":\"AAEC\",\"data\":\"AAEC\","
	  "\"data_start\":4294967293}",
	  "passes the end of memory" },
	{ "{\"entry\":9,\"text_start\":8,\"text\":\"AAEC\",\"data\":7,\"data_start\":50}",
	  "'data' is not a string" },
	{ "{\"entry\":9,\"text_start\":8,\"text\":\"AAEC\",\"data\":\"AA*C\",\"data_start\":50}",
	  "the stub image's 'data': not base64" },
	{ "{\"entry\":9,\"text_start\":8,\"text\":\" AAE\"}", "not base64" },
	{ "{\"entry\":9,\"text_start\":8,\"text\":\"AA\\tE\"}", "not base64" },
	{ "{\"entry\":9,\"text_start\":8.5,\"text\":\"AAEC\"}", "not a whole number" },
	{ "{\"entry\":true,\"text_start\":8,\"text\":\"AAEC\"}", "not a 32-bit number" },
};

START_TEST(stub_at_the_ends)
{
	struct ef_err err = EF_ERR_INIT;
	struct ef_stub s;
	bool ok = parse(ends[_i].json, strlen(ends[_i].json), &s, &err);

	if (ends[_i].refused) {
		ck_fails(ok, &err, EF_E_INPUT, ends[_i].refused);
	} else {
		ck_ok(ok, &err);
		ck_assert_uint_eq(s.text_len, 3);
		ck_assert_mem_eq(s.text, "\0\1\2", 3);
		ck_assert_uint_eq(s.bss_start, s.data_start);
		ck_assert(s.data_len == 0 || (s.data_len == 3 && s.data == s.text + 3));
		ck_assert_int_eq(s.data_len == 0, s.data == NULL);
	}
	ef_stub_release(&s);
	ck_assert(!s.text && !s.data && !s.text_len && !s.data_len);
}
END_TEST

/* The longest text that 64 KiB can hold has 21845 groups of four characters. */
START_TEST(longest_part)
{
	size_t chars = 21845u * 4u + (_i ? 4u : 0);
	int n = snprintf(json, sizeof(json), "{\"entry\":8,\"text_start\":8,\"text\":\"");
	struct ef_err err = EF_ERR_INIT;
	struct ef_stub s;

	memset(json + n, 'A', chars);
	memcpy(json + n + chars, "\"}", 3);
	if (_i) {
		ck_fails(parse(json, strlen(json), &s, &err), &err, EF_E_INPUT,
			 "larger than 64 KiB");
	} else {
		ck_ok(parse(json, strlen(json), &s, &err), &err);
		ck_assert_uint_eq(s.text_len, 65535);
	}
	ef_stub_release(&s);
}
END_TEST

/* A MiB of JSON, most of it blanks */
START_TEST(longest_json)
{
	size_t len = (1u << 20) + (size_t)_i;
	struct ef_err err = EF_ERR_INIT;
	struct ef_stub s;
	int n;

	memset(json, ' ', sizeof(json));
	n = snprintf(json, sizeof(json), "%s", ends[0].json);
	json[n] = ' ';
	if (_i)
		ck_fails(parse(json, len, &s, &err), &err, EF_E_INPUT, "larger than 1024 KiB");
	else
		ck_ok(parse(json, len, &s, &err), &err);
	ef_stub_release(&s);
}
END_TEST

/* ---- what a failed write leaves ---- */

/* The last sector of the region is erased as a whole. */
static const struct {
	uint32_t len, proved;
	bool is_begun, is_secure;
	const char *says;
} failures[] = {
	{ 0x1001, 0, false, false, "cannot write 'app' at 0x00010000 (nothing was changed there)" },
	{ 0x1001, 0, true, false, "(0x00010000 to 0x00011fff is now partly erased or written)" },
	{ 0x1000, 0, true, false, "(0x00010000 to 0x00010fff is now partly erased or written)" },
	{ 0x3000, 0x1000, true, false,
	  "(written and verified from 0x00010000 up to 0x00011000; from there to 0x00012fff" },
	/* the ROM's answers are no proof */
	{ 0x3000, 0x1000, true, true,
	  "(0x00010000 to 0x00012fff is now partly erased or written)" },
};

START_TEST(what_a_failure_leaves)
{
	struct ef_flasher f = { .dev.is_secure_download = failures[_i].is_secure };
	const struct ef_region r = { 0x10000, NULL, failures[_i].len, "app" };
	const struct transfer t = { .f = &f,
				    .region = &r,
				    .is_begun = failures[_i].is_begun,
				    .proved = failures[_i].proved };
	struct ef_err err = EF_ERR_INIT;

	ef_fail(&err, EF_E_TIMEOUT, "no answer");
	ck_assert(!transfer_explain(&t, &err));
	ck_assert_msg(strstr(err.msg, failures[_i].says) != NULL, "%s", err.msg);
	ck_assert_msg(strstr(err.msg, "no answer") != NULL, "%s", err.msg);
	ck_assert_int_eq(err.hint.id, failures[_i].is_begun ? EF_HINT_WRITE_AGAIN : EF_HINT_NONE);
}
END_TEST

/* ---- the time for connecting ---- */

/* At a slow rate the upload of a stub of 16 KiB comes on top: 10 bits a byte. */
static const struct {
	uint32_t timeout_ms, rate_hz;
	bool no_stub;
	uint64_t limit_us; /* from now on; 0: none */
} limits[] = {
	{ 0, 115200, false, 0 },
	{ 0, 9600, false, 0 },
	{ 2000, 115200, false, 2300000 },
	{ 1, 115200, true, 301000 },
	{ 2000, 9600, true, 2300000 },
	{ 2000, 9600, false, 2300000 + 17066666 },
	{ 2000, 115199, false, 2300000 + 1422234 },
};

START_TEST(time_limit)
{
	struct fake_port port;
	struct ef_flasher f = { .opts = { .timeout_ms = limits[_i].timeout_ms,
					  .no_stub = limits[_i].no_stub },
				.rom_rate_hz = limits[_i].rate_hz };
	uint64_t want = limits[_i].limit_us;

	fake_init(&port, FAKE_SERIAL);
	port.now_us = 5000000;
	f.port = &port.base;
	ef_session_set_limit(&f);
	ck_assert_uint_eq(port.base.limit_us, want ? 5000000 + want : 0);
	ef_session_clear_limit(&f);
	ck_assert_uint_eq(port.base.limit_us, 0);
}
END_TEST

Suite *suite_exact_lengths(void);
Suite *suite_exact_lengths(void)
{
	Suite *s = suite_create("exact_lengths");
	TCase *t = tcase_create("exact_lengths");

	tcase_add_loop_test(t, blocks, 0, (int)EF_ARRAY_LEN(streams));
	tcase_add_test(t, work_of_a_block);
	tcase_add_loop_test(t, what_a_failure_leaves, 0, (int)EF_ARRAY_LEN(failures));
	tcase_add_loop_test(t, content_that_is_sent, 0, (int)EF_ARRAY_LEN(contents));
	tcase_add_test(t, pieces);
	tcase_add_test(t, progress);
	tcase_add_loop_test(t, stub_at_the_ends, 0, (int)EF_ARRAY_LEN(ends));
	tcase_add_loop_test(t, longest_part, 0, 2);
	tcase_add_loop_test(t, longest_json, 0, 2);
	tcase_add_loop_test(t, time_limit, 0, (int)EF_ARRAY_LEN(limits));
	suite_add_tcase(s, t);
	return s;
}
