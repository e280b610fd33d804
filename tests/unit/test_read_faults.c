/* SPDX-License-Identifier: MIT */
/*
 * What exactly a read asks for after a fault: which bytes it reads again, and which questions
 * prove the rest. The expected requests follow from the rules alone: packets of 4 KiB; a proof
 * asks for the MD5 of all that arrived, then of halves, and does not ask for a half that must be
 * wrong; what is wrong is read again, and nothing else.
 */
#include "flasher/flasher_priv.h"
#include "rig/tap_port.h"
#include "work_rig.h"

#define ADDR   0x10000u
#define LEN    0x8000u
#define PACKET 0x1000u
#define MAX    24

/* ---- what is asked for ---- */

struct asked {
	uint8_t op;
	uint32_t at, len; /* at: from ADDR */
};

static struct asked asked[MAX];
static uint32_t packets[MAX]; /* the length of READ_FLASH's packets */
static unsigned asked_count;

/* ---- damage ---- */

/* Changes to the packets of the first READ_FLASH; frames are counted from its answer on. */
static struct damage {
	unsigned flip_in, drop_in; /* packet number, from 1; 0: none */
} damage;
static uint64_t drops; /* bit n: packet n loses a byte, too */

static struct {
	bool is_on, is_in_frame;
	unsigned frame, at;
} stream;

static bool watch(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		  struct ef_err *err)
{
	static const uint8_t ops[] = { EF_OP_READ_FLASH, EF_OP_SPI_FLASH_MD5 };

	for (size_t i = 0; i < EF_ARRAY_LEN(ops); i++) {
		if (!tap_is_request(data, len, ops[i]) || asked_count == MAX)
			continue;
		packets[asked_count] = tap_word(data, len, 2);
		asked[asked_count++] = (struct asked){ ops[i], tap_word(data, len, 0) - ADDR,
						       tap_word(data, len, 1) };
		stream.is_on = asked_count == 1;
		stream.is_in_frame = false;
		stream.frame = 0;
	}
	return tap_real->write(port, data, len, deadline_us, err);
}

/* Whether this byte of the stream gets lost; it may get changed. */
static bool suffers(uint8_t *byte)
{
	if (*byte == 0xc0) {
		stream.frame += !stream.is_in_frame;
		stream.is_in_frame = !stream.is_in_frame;
		stream.at = 0;
		return false;
	}
	/* frame 1 is the answer to the request, the last one is an MD5 */
	if (++stream.at != (stream.frame > 1 + LEN / PACKET ? 5u : 100u))
		return false;
	if (stream.frame == damage.flip_in + 1)
		*byte = *byte == 0x11 ? 0x22 : 0x11;
	return (damage.drop_in && stream.frame == damage.drop_in + 1) ||
	       (stream.frame && drops >> (stream.frame - 1) & 1);
}

static bool hurt(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		 size_t *ret_len, struct ef_err *err)
{
	size_t got = 1, n = 0;

	/* a read of nothing would be a silence */
	while (got && !n) {
		if (!tap_real->read(port, buf, cap, deadline_us, &got, err))
			return false;
		for (size_t i = 0; i < got; i++)
			if (!stream.is_on || !suffers(&buf[i]))
				buf[n++] = buf[i];
	}
	*ret_len = n;
	return true;
}

/* ---- the session ---- */

/* Content without bytes that SLIP escapes, so that a damaged byte stays one byte. */
static void fill(uint8_t *p, uint32_t len)
{
	uint32_t x = 7;

	for (uint32_t i = 0; i < len; i++) {
		x = x * 1664525u + 1013904223u;
		p[i] = (uint8_t)(x >> 24) & 0x7f;
	}
}

static void begin(struct work *w)
{
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };

	work_start(w, &board, false);
	fill(sim_flash_mut(w->rig.sim) + ADDR, LEN);
}

static void read_some(struct work *w, uint32_t size)
{
	struct ef_port_ops *ops = tap_open(w->rig.port);
	uint8_t *got = calloc(1, size);
	struct ef_wr out = ef_wr_init(got, size);

	ck_assert_ptr_nonnull(got);
	ops->write = watch;
	ops->read = hurt;
	asked_count = 0;
	memset(&stream, 0, sizeof(stream));
	ck_ok(ef_flasher_read(w->rig.f, ADDR, size, rig_collect, &out, &w->rig.err), &w->rig.err);
	tap_close(w->rig.port);
	ck_assert_uint_eq(out.len, size);
	ck_assert_mem_eq(got, sim_flash(w->rig.sim, NULL) + ADDR, size);
	free(got);
}

static void read_it(struct work *w)
{
	read_some(w, LEN);
}

static void expect(const struct asked *want, unsigned count)
{
	for (unsigned i = 0; i < count && i < asked_count; i++)
		ck_assert_msg(asked[i].op == want[i].op && asked[i].at == want[i].at &&
				      asked[i].len == want[i].len,
			      "request %u: %02x of 0x%x bytes at 0x%x", i, asked[i].op,
			      asked[i].len, asked[i].at);
	ck_assert_uint_eq(asked_count, count);
}

static unsigned times_said(const struct rig *r, const char *text)
{
	unsigned n = 0;

	for (const char *p = r->said; (p = strstr(p, text)); p += strlen(text))
		n++;
	return n;
}

/* ---- cases ---- */

#define READ EF_OP_READ_FLASH
#define MD5  EF_OP_SPI_FLASH_MD5

static const struct {
	struct damage damage;
	unsigned warnings;
	unsigned count;
	struct asked asked[10];
} cases[] = {
	/* all is well: the stub's own MD5 behind the packets is the proof */
	{ { 0, 0 }, 0, 1, { { READ, 0, LEN } } },
	/* a flipped bit in the third packet */
	{ { 3, 0 },
	  1,
	  9,
	  { { READ, 0, LEN },
	    { MD5, 0, LEN },
	    { MD5, 0, LEN / 2 },
	    { MD5, 0, 2 * PACKET },
	    { MD5, 2 * PACKET, PACKET },
	    { MD5, 3 * PACKET, PACKET },
	    { MD5, LEN / 2, LEN / 2 },
	    { READ, 2 * PACKET, PACKET },
	    { MD5, 2 * PACKET, PACKET } } },
	/* ... in the fourth: the half that must be wrong is not asked for */
	{ { 4, 0 },
	  1,
	  8,
	  { { READ, 0, LEN },
	    { MD5, 0, LEN },
	    { MD5, 0, LEN / 2 },
	    { MD5, 0, 2 * PACKET },
	    { MD5, 2 * PACKET, PACKET },
	    { MD5, LEN / 2, LEN / 2 },
	    { READ, 3 * PACKET, PACKET },
	    { MD5, 3 * PACKET, PACKET } } },
	/* a lost byte: that packet alone is read again, then all is proved at once */
	{ { 0, 6 }, 1, 3, { { READ, 0, LEN }, { READ, 5 * PACKET, PACKET }, { MD5, 0, LEN } } },
	/* both: the fault is counted once */
	{ { 3, 6 },
	  1,
	  10,
	  { { READ, 0, LEN },
	    { READ, 5 * PACKET, PACKET },
	    { MD5, 0, LEN },
	    { MD5, 0, LEN / 2 },
	    { MD5, 0, 2 * PACKET },
	    { MD5, 2 * PACKET, PACKET },
	    { MD5, 3 * PACKET, PACKET },
	    { MD5, LEN / 2, LEN / 2 },
	    { READ, 2 * PACKET, PACKET },
	    { MD5, 2 * PACKET, PACKET } } },
};

START_TEST(only_what_is_wrong_is_read_again)
{
	struct work w;

	damage = cases[_i].damage;
	begin(&w);
	read_it(&w);
	expect(cases[_i].asked, cases[_i].count);
	ck_assert_uint_eq(times_said(&w.rig, "warn: reading 0x"), cases[_i].warnings);
	work_done(&w);
}
END_TEST

/*
 * The content is right, but the stub's MD5 of it came with a flipped bit. A line that flips bits
 * may do so again: from then on, all that arrives is proved by the flash's MD5.
 */
START_TEST(flipped_md5_makes_a_bad_line)
{
	static const struct asked both[] = { { READ, 0, LEN }, { MD5, 0, LEN } };
	struct work w;

	damage = (struct damage){ .flip_in = 1 + LEN / PACKET };
	begin(&w);
	for (unsigned i = 0; i < 2; i++) {
		read_it(&w);
		expect(both, 2);
		damage = (struct damage){ 0 };
	}
	ck_assert_uint_eq(times_said(&w.rig, "warn:"), 0);
	work_done(&w);
}
END_TEST

/* ---- the sample ---- */

/*
 * Where something was damaged in this session, one sample of 1 KiB shows that the right place was
 * read. Content that is the same everywhere shows nothing.
 */
static const struct {
	uint32_t uniform; /* so many bytes at the start are the same */
	struct asked asked[2];
} samples[] = {
	{ 0, { { READ, 0, LEN }, { MD5, 0, 0x400 } } },
	{ 0x400, { { READ, 0, LEN }, { MD5, 0x400, 0x400 } } },
	{ 0x3ff, { { READ, 0, LEN }, { MD5, 0, 0x400 } } },
	{ LEN - 0x400, { { READ, 0, LEN }, { MD5, LEN - 0x400, 0x400 } } },
	{ LEN, { { READ, 0, LEN }, { MD5, 0, LEN } } },
};

START_TEST(sample_proves_the_place)
{
	struct work w;

	memset(&damage, 0, sizeof(damage));
	begin(&w);
	w.rig.f->recovery.damages = 1;
	memset(sim_flash_mut(w.rig.sim) + ADDR, 0x5a, samples[_i].uniform);
	read_it(&w);
	expect(samples[_i].asked, 2);
	work_done(&w);
}
END_TEST

static bool is_address_changed;

/* A damaged request: the stub sends 0x2000 bytes further, and its MD5 is that of what it sends. */
static bool change_address(struct ef_port *port, const uint8_t *data, size_t len,
			   uint64_t deadline_us, struct ef_err *err)
{
	uint8_t other[64];

	if (is_address_changed || !tap_is_request(data, len, READ) || len > sizeof(other))
		return tap_real->write(port, data, len, deadline_us, err);
	is_address_changed = true;
	memcpy(other, data, len);
	ck_assert_uint_eq(other[10], 0); /* the second byte of ADDR, behind C0 and a header of 8 */
	other[10] = 0x20;
	return tap_real->write(port, other, len, deadline_us, err);
}

START_TEST(content_from_another_address)
{
	uint8_t got[LEN];
	struct ef_wr out = ef_wr_init(got, sizeof(got));
	struct work w;

	begin(&w);
	w.rig.f->recovery.damages = 1;
	is_address_changed = false;
	tap_open(w.rig.port)->write = change_address;
	ck_ok(ef_flasher_read(w.rig.f, ADDR, LEN, rig_collect, &out, &w.rig.err), &w.rig.err);
	tap_close(w.rig.port);
	ck_assert(is_address_changed);
	ck_assert_mem_eq(got, sim_flash(w.rig.sim, NULL) + ADDR, LEN);
	rig_says(&w.rig, "does not match the MD5 of its address");
	work_done(&w);
}
END_TEST

/* ---- shorter packets ---- */

/* Where more than half of the packets were damaged, a quarter; more than a quarter, half. */
START_TEST(packets_shrink_with_the_share_of_damaged_ones)
{
	static const struct {
		uint32_t len, part;
		struct damage damage;
	} shares[] = {
		{ PACKET, PACKET / 4, { 0, 1 } },     /* all */
		{ 2 * PACKET, PACKET / 2, { 0, 1 } }, /* a half */
		{ 3 * PACKET, PACKET / 2, { 0, 1 } }, /* a third */
		{ 4 * PACKET, 0, { 0, 1 } },          /* a quarter: as they are */
		{ PACKET, PACKET / 4, { 1, 0 } },     { 4 * PACKET, 0, { 1, 0 } },
	};
	struct work w;

	damage = shares[_i].damage;
	begin(&w);
	read_some(&w, shares[_i].len);
	ck_assert_uint_eq(w.rig.f->recovery.part, shares[_i].part);
	work_done(&w);
}
END_TEST

/*
 * The share of damaged packets decides the length of the next ones. They get longer only if less
 * than one of 16 was damaged, and eight packets or more say so. 256 bytes are the least.
 * The last packets are the damaged ones, since a stream that begins with many is stopped.
 */
static const struct {
	uint32_t packet, count, damaged, next;
} lengths[] = {
	{ PACKET, 1, 1, 1024 },   { PACKET, 2, 1, 2048 },   { PACKET, 3, 1, 2048 },
	{ PACKET, 3, 2, 1024 },   { PACKET, 4, 1, PACKET }, { PACKET, 4, 2, 2048 },
	{ PACKET, 4, 3, 1024 },   { PACKET, 8, 2, PACKET }, { PACKET, 8, 3, 2048 },
	{ PACKET, 8, 0, PACKET }, { 2048, 7, 0, 2048 },     { 2048, 8, 0, PACKET },
	{ 1024, 1, 1, 256 },      { 512, 1, 1, 256 },       { 512, 2, 1, 256 },
	{ 512, 4, 1, 512 },       { 512, 7, 0, 512 },       { 512, 8, 0, 1024 },
	{ 512, 16, 0, 1024 },     { 512, 16, 1, 512 },      { 512, 17, 1, 1024 },
	{ 512, 32, 2, 512 },      { 512, 33, 2, 1024 },     { 256, 1, 1, 256 },
	{ 256, 8, 0, 512 },
};

START_TEST(length_of_the_next_packets)
{
	unsigned damaged = lengths[_i].damaged, second = 0;
	struct work w;

	damage = (struct damage){ 0 };
	drops = ((UINT64_C(1) << damaged) - 1) << (lengths[_i].count - damaged + 1);
	begin(&w);
	w.rig.f->recovery.part = lengths[_i].packet == PACKET ? 0 : lengths[_i].packet;
	read_some(&w, lengths[_i].packet * lengths[_i].count);
	ck_assert_uint_eq(packets[0], lengths[_i].packet);
	if (damaged)
		while (asked[++second].op != READ)
			ck_assert_uint_lt(second, asked_count);
	else
		read_some(&w, PACKET);
	ck_assert_uint_eq(packets[second], lengths[_i].next);
	drops = 0;
	work_done(&w);
}
END_TEST

/*
 * A flipped bit in one of so few packets shows that they are too long, so the proof already looks
 * for it in shorter pieces. Among four packets it is one in four, as above.
 */
static const struct {
	uint32_t count;
	struct asked asked[8];
} few[] = {
	{ 1,
	  { { READ, 0, 0x1000 },
	    { MD5, 0, 0x1000 },
	    { MD5, 0, 0x800 },
	    { MD5, 0, 0x400 },
	    { MD5, 0x400, 0x400 },
	    { MD5, 0x800, 0x800 },
	    { READ, 0, 0x400 },
	    { MD5, 0, 0x400 } } },
	{ 2,
	  { { READ, 0, 0x2000 },
	    { MD5, 0, 0x2000 },
	    { MD5, 0, 0x1000 },
	    { MD5, 0, 0x800 },
	    { MD5, 0x800, 0x800 },
	    { MD5, 0x1000, 0x1000 },
	    { READ, 0, 0x800 },
	    { MD5, 0, 0x800 } } },
	{ 3,
	  { { READ, 0, 0x3000 },
	    { MD5, 0, 0x3000 },
	    { MD5, 0, 0x1800 },
	    { MD5, 0, 0x800 },
	    { MD5, 0x800, 0x1000 },
	    { MD5, 0x1800, 0x1800 },
	    { READ, 0, 0x800 },
	    { MD5, 0, 0x800 } } },
	{ 4,
	  { { READ, 0, 0x4000 },
	    { MD5, 0, 0x4000 },
	    { MD5, 0, 0x2000 },
	    { MD5, 0, 0x1000 },
	    { MD5, 0x1000, 0x1000 },
	    { MD5, 0x2000, 0x2000 },
	    { READ, 0, 0x1000 },
	    { MD5, 0, 0x1000 } } },
};

START_TEST(flipped_bit_among_few_packets)
{
	struct work w;

	damage = (struct damage){ .flip_in = 1 };
	begin(&w);
	read_some(&w, few[_i].count * PACKET);
	expect(few[_i].asked, 8);
	ck_assert_uint_eq(packets[6], asked[6].len);
	work_done(&w);
}
END_TEST

/*
 * Up to 2 KiB between two damaged packets are read again with them, which costs no more than
 * another request. Packets 1 and n of ten are damaged, one in five, so their length remains.
 */
static const struct {
	unsigned n;
	struct asked asked[3];
} bridges[] = {
	{ 3, { { READ, 0, 0x2800 }, { READ, 0, 0xc00 }, { MD5, 0, 0x2800 } } },
	{ 4, { { READ, 0, 0x2800 }, { READ, 0, 0x1000 }, { MD5, 0, 0x2800 } } },
	{ 5, { { READ, 0, 0x2800 }, { READ, 0, 0x400 }, { READ, 0x1000, 0x400 } } },
	{ 6, { { READ, 0, 0x2800 }, { READ, 0, 0x400 }, { READ, 0x1400, 0x400 } } },
};

START_TEST(short_gaps_are_read_again)
{
	struct work w;

	damage = (struct damage){ .drop_in = 1 };
	drops = UINT64_C(1) << bridges[_i].n;
	begin(&w);
	w.rig.f->recovery.part = 0x400;
	read_some(&w, 0x2800);
	asked_count = asked_count < 3 ? asked_count : 3;
	expect(bridges[_i].asked, 3);
	drops = 0;
	work_done(&w);
}
END_TEST

Suite *suite_read_faults(void);
Suite *suite_read_faults(void)
{
	Suite *s = suite_create("read_faults");
	TCase *t = tcase_create("read_faults");

	tcase_add_loop_test(t, only_what_is_wrong_is_read_again, 0, EF_ARRAY_LEN(cases));
	tcase_add_test(t, flipped_md5_makes_a_bad_line);
	tcase_add_loop_test(t, sample_proves_the_place, 0, EF_ARRAY_LEN(samples));
	tcase_add_test(t, content_from_another_address);
	tcase_add_loop_test(t, packets_shrink_with_the_share_of_damaged_ones, 0, 6);
	tcase_add_loop_test(t, length_of_the_next_packets, 0, EF_ARRAY_LEN(lengths));
	tcase_add_loop_test(t, flipped_bit_among_few_packets, 0, EF_ARRAY_LEN(few));
	tcase_add_loop_test(t, short_gaps_are_read_again, 0, EF_ARRAY_LEN(bridges));
	suite_add_tcase(s, t);
	return s;
}
