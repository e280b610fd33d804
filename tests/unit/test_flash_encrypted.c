/* SPDX-License-Identifier: MIT */
/*
 * Regions that the loader encrypts, on virtual boards. The board's stand-in for the cipher
 * (src/sim/crypt.c) is an involution: what it makes of the flash must be the content.
 */
#include "rig/tap_port.h"
#include "work_rig.h"

#define ADDR 0x10000u
#define LEN  20001u
#define END  0x5000u /* of its last sector, from the start */

struct crypt {
	struct work w;
	uint8_t *data;
	unsigned encrypted; /* events */
	uint32_t addr, len;
	struct ef_write_stats stats;
};

static void on_event(void *user, const struct ef_event *e)
{
	struct crypt *c = user;

	work_event(&c->w, e);
	c->encrypted += e->kind == EF_EVENT_ENCRYPTED;
}

static void start(struct crypt *c, const struct sim_opts *sim, bool no_stub)
{
	*c = (struct crypt){ .addr = ADDR, .len = LEN, .data = work_content(LEN, false) };
	c->w.total = UINT64_MAX;
	rig_power(&c->w.rig, sim);
	c->w.rig.opts.event = on_event;
	c->w.rig.opts.event_user = c;
	c->w.rig.opts.no_stub = no_stub;
	if (sim->secure_download)
		c->w.rig.opts.chip = ef_chip_by_name(sim->chip);
	ck_ok(rig_connect(&c->w.rig), &c->w.rig.err);
	memset(sim_flash_mut(c->w.rig.sim), 0x5a, WORK_FLASH);
	c->w.before = malloc(WORK_FLASH);
	ck_assert_ptr_nonnull(c->w.before);
	memcpy(c->w.before, sim_flash(c->w.rig.sim, NULL), WORK_FLASH);
}

static void done(struct crypt *c)
{
	work_done(&c->w);
	free(c->data);
}

static bool write_it(struct crypt *c, bool force)
{
	const struct ef_plan_region r = { .region = { c->addr, c->data, c->len, "app" },
					  .encrypts = true };
	const struct ef_plan plan = { .regions = &r,
				      .region_count = 1,
				      .table_offset = EF_PLAN_NO_TABLE };
	const struct ef_write_opts opts = { 0 };
	const struct ef_checked *checked = NULL;
	struct ef_err *err = &c->w.rig.err;

	ef_err_clear(err);
	return ef_flasher_check(c->w.rig.f, &plan, force, NULL, &checked, err) &&
	       ef_flasher_write(c->w.rig.f, checked, &opts, &c->stats, err);
}

/*
 * The flash is the content, encrypted with its padding of 0xff (a ROM's up to the end of its
 * block); the rest of the sector is erased, and nothing else was changed.
 */
static void check(const struct crypt *c, uint32_t block)
{
	const uint8_t *flash = sim_flash(c->w.rig.sim, NULL);
	uint32_t whole = ef_div_up(c->len, EF_SECTOR) * EF_SECTOR, end = c->addr + whole;
	uint32_t padded = ef_div_up(c->len, block) * block;
	uint8_t *want = malloc(whole);

	ck_assert_ptr_nonnull(want);
	memset(want, 0xff, whole);
	memcpy(want, c->data, c->len);
	ck_assert(memcmp(flash + c->addr, want, c->len) != 0);
	sim_crypt(c->addr, want, padded);
	ck_assert_msg(memcmp(flash + c->addr, want, whole) == 0, "the content differs");
	free(want);
	if (strstr(c->w.rig.said, "flash outside of"))
		return;
	ck_assert_mem_eq(flash, c->w.before, c->addr);
	ck_assert_mem_eq(flash + end, c->w.before + end, WORK_FLASH - end);
}

static uint32_t align_of(const char *chip)
{
	return strcmp(chip, "esp32") == 0 ? 32 : 16; /* esptool FLASH_ENCRYPTED_WRITE_ALIGN */
}

/* ---- without faults ---- */

START_TEST(every_chip_encrypts)
{
	const char *chip = rig_chips[_i / 2];
	const struct sim_opts sim = { .chip = chip,
				      .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT };
	bool no_stub = _i % 2;
	struct crypt c;

	if (no_stub && strcmp(chip, "esp32") == 0)
		return;
	start(&c, &sim, no_stub);
	ck_ok(write_it(&c, false), &c.w.rig.err);
	check(&c, no_stub ? 0x400 : align_of(chip));
	ck_assert_uint_eq(c.encrypted, 1);
	ck_assert_uint_eq(c.w.verified + c.w.skipped + c.w.written, 0);
	ck_assert_uint_eq(c.w.finished[EF_STAGE_WRITE], 1);
	/* with the padding; random content does not shrink */
	ck_assert_uint_eq(c.stats.bytes, ef_div_up(LEN, align_of(chip)) * align_of(chip));
	ck_assert_uint_ge(c.stats.wire_bytes, c.stats.bytes);
	ck_assert_uint_le(c.stats.wire_bytes, LEN + 100);
	ck_assert_uint_eq(c.stats.skipped, 0);
	/* what is there can't be known, so it is written again */
	ck_ok(write_it(&c, false), &c.w.rig.err);
	check(&c, no_stub ? 0x400 : align_of(chip));
	ck_assert_uint_eq(c.encrypted, 2);
	done(&c);
}
END_TEST

/* Content that shrinks, runs of 0xff, and more than one stretch. */
START_TEST(blank_content_is_encrypted_too)
{
	const struct sim_opts sim = { .chip = "esp32c3",
				      .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT };
	struct crypt c;

	start(&c, &sim, _i);
	free(c.data);
	c.len = _i ? 0x9000 : 0x51000;
	c.data = work_content(c.len, true);
	memset(c.data + 0x3000, 0xff, 0x2000);
	memset(c.data + c.len - 0x2100, 0xff, 0x2100);
	ck_ok(write_it(&c, false), &c.w.rig.err);
	check(&c, 16);
	ck_assert_uint_eq(sim_requests(c.w.rig.sim, EF_OP_FLASH_DEFL_BEGIN), _i ? 0 : 3);
	done(&c);
}
END_TEST

/* The loader can't tell what it wrote, and nothing claims that it did. */
START_TEST(secure_download_mode_is_forced)
{
	const struct sim_opts sim = { .chip = "esp32c3",
				      .secure_download = true,
				      .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT };
	struct crypt c;

	start(&c, &sim, true);
	ck_fails(write_it(&c, false), &c.w.rig.err, EF_E_UNSUPP, "secure download mode");
	ck_ok(write_it(&c, true), &c.w.rig.err);
	check(&c, 0x400);
	ck_assert_uint_eq(c.encrypted, 0);
	ck_assert_uint_eq(c.w.written, 1);
	done(&c);
}
END_TEST

/* ---- chips that can't ---- */

static const struct {
	const char *chip;
	enum sim_encryption encryption;
	bool no_stub, is_final;
	const char *text;
} refusals[] = {
	{ "esp32", SIM_ENCRYPTION_DEVELOPMENT, true, true, "no command to encrypt" },
	{ "esp32", SIM_ENCRYPTION_RELEASE, false, true, "DIS_DOWNLOAD_MANUAL_ENCRYPT" },
	{ "esp32c3", SIM_ENCRYPTION_RELEASE, false, true, "DIS_DOWNLOAD_MANUAL_ENCRYPT" },
	{ "esp32s2", SIM_ENCRYPTION_RELEASE, true, true, "DIS_DOWNLOAD_MANUAL_ENCRYPT" },
	{ "esp32c3", SIM_ENCRYPTION_OFF, false, false, "have no key" },
	{ "esp32", SIM_ENCRYPTION_OFF, false, false, "have no key" },
	{ "esp32c2", SIM_ENCRYPTION_OFF, false, false, "have no key" },
};

START_TEST(refused_before_anything_is_erased)
{
	const struct sim_opts sim = { .chip = refusals[_i].chip,
				      .locks.encryption = refusals[_i].encryption };
	struct crypt c;

	start(&c, &sim, refusals[_i].no_stub);
	ck_fails(write_it(&c, false), &c.w.rig.err, EF_E_UNSUPP, refusals[_i].text);
	if (refusals[_i].is_final)
		ck_fails(write_it(&c, true), &c.w.rig.err, EF_E_UNSUPP, refusals[_i].text);
	ck_assert_mem_eq(sim_flash(c.w.rig.sim, NULL), c.w.before, WORK_FLASH);
	ef_err_clear(&c.w.rig.err);
	done(&c);
}
END_TEST

/* A board without a key writes plain content. That is no success, and no reason to try again. */
START_TEST(a_chip_that_does_not_encrypt_is_noticed)
{
	const struct sim_opts sim = { .chip = "esp32c3" };
	struct crypt c;

	start(&c, &sim, _i);
	ck_assert(!write_it(&c, true));
	ck_assert_int_eq(c.w.rig.err.hint.id, EF_HINT_NOT_ENCRYPTED);
	ck_fails(false, &c.w.rig.err, EF_E_VERIFY, "did not encrypt");
	ck_assert_uint_eq(sim_requests(c.w.rig.sim, EF_OP_FLASH_DEFL_END), _i ? 0 : 1);
	done(&c);
}
END_TEST

/* Stubs of other days refuse BEGIN with five words. */
static bool is_old_stub;

static bool refuses_the_word(struct ef_port *port, const uint8_t *data, size_t len,
			     uint64_t deadline_us, struct ef_err *err)
{
	uint8_t copy[64];

	if (!is_old_stub || !tap_is_request(data, len, EF_OP_FLASH_DEFL_BEGIN) ||
	    len > sizeof(copy))
		return tap_real->write(port, data, len, deadline_us, err);
	memcpy(copy, data, len);
	copy[2] = 0x55; /* the virtual stub knows no such command */
	return tap_real->write(port, copy, len, deadline_us, err);
}

START_TEST(an_old_stub_is_found_out_first)
{
	const struct sim_opts sim = { .chip = "esp32c3",
				      .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT };
	struct crypt c;

	start(&c, &sim, false);
	is_old_stub = true;
	tap_open(c.w.rig.port)->write = refuses_the_word;
	ck_assert(!write_it(&c, false));
	tap_close(c.w.rig.port);
	ck_assert_mem_eq(sim_flash(c.w.rig.sim, NULL), c.w.before, WORK_FLASH);
	done(&c);
}
END_TEST

/* ---- faults ---- */

static const char *const faulted[] = { "esp32", "esp32c3", "esp32s3" };

/* The n-th reply of the write is lost, damaged, or the chip resets or goes away. */
START_TEST(a_fault_at_each_request)
{
	struct sim_opts sim = { .chip = faulted[_i % 3],
				.locks.encryption = SIM_ENCRYPTION_DEVELOPMENT };
	bool no_stub = strcmp(sim.chip, "esp32s3") == 0;
	unsigned connecting, kind = (unsigned)_i / 3;
	struct crypt c;

	start(&c, &sim, no_stub);
	connecting = sim_requests(c.w.rig.sim, 0);
	done(&c);
	for (unsigned n = 1 + kind; n < 18; n += 4) {
		sim.faults = (struct sim_faults){ .unplug_ms = 500 };
		*(kind == 0   ? &sim.faults.drop_reply
		  : kind == 1 ? &sim.faults.flip_reply
		  : kind == 2 ? &sim.faults.reset_at_request
			      : &sim.faults.unplug_at_request) = connecting + n;
		start(&c, &sim, no_stub);
		ck_ok(write_it(&c, false), &c.w.rig.err);
		check(&c, no_stub ? 0x400 : align_of(sim.chip));
		ck_assert_uint_eq(c.encrypted, 1);
		done(&c);
	}
}
END_TEST

/* One byte in so many is flipped, lost, doubled or added, in both directions. */
START_TEST(noise_on_the_line)
{
	const struct sim_opts sim = { .chip = rig_chips[_i % RIG_CHIPS],
				      .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT };
	struct sim_faults noise = { .noise_every = 4000, .noise_seed = (unsigned)_i + 1 };
	struct crypt c;

	start(&c, &sim, false);
	sim_set_faults(c.w.rig.sim, &noise);
	ck_ok(write_it(&c, false), &c.w.rig.err);
	check(&c, align_of(sim.chip));
	ck_assert_uint_eq(c.encrypted, 1);
	done(&c);
}
END_TEST

/* What a tap does to the first so many requests of a kind. */
static struct {
	uint8_t op;
	unsigned left, skip;
	size_t at[2]; /* bytes of the frame; 0: none */
	uint8_t flip;
} damage;

static bool damages(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		    struct ef_err *err)
{
	uint8_t *copy;
	bool ok;

	if (!tap_is_request(data, len, damage.op) || !damage.left || damage.skip-- > 0)
		return tap_real->write(port, data, len, deadline_us, err);
	damage.skip = 0;
	damage.left--;
	copy = malloc(len);
	ck_assert_ptr_nonnull(copy);
	memcpy(copy, data, len);
	for (size_t i = 0; i < 2; i++)
		if (damage.at[i] && damage.at[i] < len)
			copy[damage.at[i]] ^= damage.flip;
	ok = tap_real->write(port, copy, len, deadline_us, err);
	free(copy);
	return ok;
}

/*
 * BEGIN has no checksum. Its address is the fourth word: bytes 21 to 24 of the frame, if none is
 * escaped. The first BEGIN only asks whether the stub takes the fifth word.
 */
START_TEST(a_damaged_address_is_noticed)
{
	const struct sim_opts sim = { .chip = "esp32c3",
				      .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT };
	/* the last ones make the address smaller: the end of the content is missing */
	static const struct {
		uint32_t addr;
		size_t at;
		uint8_t flip;
	} flips[] = { { ADDR, 21, 0x10 }, { ADDR, 21, 0x40 },    { ADDR, 22, 0x01 },
		      { ADDR, 22, 0x08 }, { ADDR, 22, 0x10 },    { ADDR, 22, 0x80 },
		      { ADDR, 23, 0x02 }, { 0x13000, 22, 0x10 }, { 0x16000, 22, 0x20 } };
	struct crypt c;
	uint32_t end = flips[_i].addr + END;

	start(&c, &sim, false);
	c.addr = flips[_i].addr;
	damage.op = EF_OP_FLASH_DEFL_BEGIN;
	damage.left = 1;
	damage.skip = 1;
	damage.at[0] = flips[_i].at;
	damage.at[1] = 0;
	damage.flip = flips[_i].flip;
	tap_open(c.w.rig.port)->write = damages;
	ck_ok(write_it(&c, false), &c.w.rig.err);
	tap_close(c.w.rig.port);
	ck_assert_uint_eq(damage.left, 0);
	rig_says(&c.w.rig, "nothing was written at");
	/* elsewhere something was written: that can't be undone */
	memcpy(c.w.before, sim_flash(c.w.rig.sim, NULL), c.addr);
	memcpy(c.w.before + end, sim_flash(c.w.rig.sim, NULL) + end, WORK_FLASH - end);
	check(&c, 16);
	ck_assert_uint_eq(c.encrypted, 1);
	done(&c);
}
END_TEST

/*
 * Two flips of the same bit leave the block's checksum as it is. Where the line shows no other
 * damage, nothing can notice that; where it does, two writes have to agree. That also holds for
 * what was written before: a stretch ends after 256 KiB, and the reply is lost behind that.
 */
static const struct {
	uint32_t len;
	unsigned damaged, lost;
} hidden[] = { { 0x2000, 2, 9 }, { 0x41000, 1, 271 } };

START_TEST(a_line_that_damages_is_not_believed)
{
	const struct sim_opts sim = { .chip = "esp32s2",
				      .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT };
	struct crypt c;

	start(&c, &sim, true);
	free(c.data);
	c.len = hidden[_i].len;
	c.data = work_content(c.len, false);
	damage.op = EF_OP_FLASH_DATA;
	damage.left = hidden[_i].damaged;
	damage.skip = 2;
	damage.at[0] = 100;
	damage.at[1] = 500;
	damage.flip = 0x04;
	sim_set_faults(c.w.rig.sim,
		       &(struct sim_faults){ .drop_reply = sim_requests(c.w.rig.sim, 0) +
							   hidden[_i].lost });
	tap_open(c.w.rig.port)->write = damages;
	ck_ok(write_it(&c, false), &c.w.rig.err);
	tap_close(c.w.rig.port);
	ck_assert_uint_eq(damage.left, 0);
	check(&c, 0x400);
	ck_assert_uint_eq(c.encrypted, 1);
	done(&c);
}
END_TEST

/* The content that each BEGIN announces; the questions for the fifth word announce none. */
static uint32_t announced[32];
static size_t announced_count;

static bool notes_begin(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
			struct ef_err *err)
{
	if (tap_is_request(data, len, EF_OP_FLASH_DEFL_BEGIN) && tap_word(data, len, 0)) {
		ck_assert_uint_lt(announced_count, EF_ARRAY_LEN(announced));
		announced[announced_count++] = tap_word(data, len, 0);
	}
	return tap_real->write(port, data, len, deadline_us, err);
}

/*
 * After a loss a stretch is written anew as a whole, so it is a quarter as long. Each one that
 * succeeds doubles the next. The line is in doubt, so all is written again and twice.
 */
START_TEST(a_loss_makes_stretches_shorter)
{
	static const uint32_t want[] = { 0x40000, 0x10000, 0x10000, 0x20000, 0x20000,
					 0x40000, 0x40000, 0x10000, 0x10000 };
	const struct sim_opts sim = { .chip = "esp32c3",
				      .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT };
	struct crypt c;

	start(&c, &sim, false);
	free(c.data);
	c.len = 0x80000;
	c.data = work_content(c.len, false);
	sim_set_faults(c.w.rig.sim,
		       &(struct sim_faults){ .drop_reply = sim_requests(c.w.rig.sim, 0) + 12 });
	announced_count = 0;
	tap_open(c.w.rig.port)->write = notes_begin;
	ck_ok(write_it(&c, false), &c.w.rig.err);
	tap_close(c.w.rig.port);
	check(&c, 16);
	ck_assert_uint_eq(announced_count, EF_ARRAY_LEN(want));
	ck_assert_mem_eq(announced, want, sizeof(want));
	done(&c);
}
END_TEST

Suite *suite_flash_encrypted(void);

Suite *suite_flash_encrypted(void)
{
	Suite *s = suite_create("flash_encrypted");
	TCase *t = tcase_create("flash_encrypted");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, every_chip_encrypts, 0, 2 * RIG_CHIPS);
	tcase_add_loop_test(t, blank_content_is_encrypted_too, 0, 2);
	tcase_add_test(t, secure_download_mode_is_forced);
	tcase_add_loop_test(t, refused_before_anything_is_erased, 0, (int)EF_ARRAY_LEN(refusals));
	tcase_add_loop_test(t, a_chip_that_does_not_encrypt_is_noticed, 0, 2);
	tcase_add_test(t, an_old_stub_is_found_out_first);
	tcase_add_loop_test(t, a_fault_at_each_request, 0, 12);
	tcase_add_loop_test(t, noise_on_the_line, 0, RIG_CHIPS);
	tcase_add_loop_test(t, a_damaged_address_is_noticed, 0, 9);
	tcase_add_loop_test(t, a_line_that_damages_is_not_believed, 0, 2);
	tcase_add_test(t, a_loss_makes_stretches_shorter);
	suite_add_tcase(s, t);
	return s;
}
