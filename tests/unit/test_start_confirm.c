/* SPDX-License-Identifier: MIT */
/*
 * How often a session reads what nothing protects: answers with a register's value have no
 * checksum. The upload of a stub without damage proves the line, so the flash's id is read once.
 * Any other session flushes late answers by a SYNC and reads the id twice.
 */
#include "flasher/flasher_priv.h"
#include "rig/tap_port.h"
#include "work_rig.h"

/* SPI1 of the ESP32-C3 (ESP-IDF spi_mem_reg.h): starting a command, and its answer */
#define CMD_RUNS "60002000=00040000/"
#define W0       0x60002058u

static unsigned times(const char *text, const char *what)
{
	unsigned n = 0;

	for (; (text = strstr(text, what)) != NULL; text++)
		n++;
	return n;
}

static const struct {
	bool no_stub, is_running, skip_flash;
	unsigned ids;   /* how often the id is read */
	unsigned syncs; /* in the session that works on the chip already */
} sessions[] = {
	{ false, false, false, 1, 0 }, { true, false, false, 2, 1 }, { false, true, false, 2, 1 },
	{ true, false, true, 0, 1 },   { false, false, true, 0, 0 },
};

static bool has_read;
static unsigned syncs;

static bool watch(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		  struct ef_err *err)
{
	has_read |= tap_is_request(data, len, EF_OP_READ_REG);
	syncs += has_read && tap_is_request(data, len, EF_OP_SYNC);
	return tap_real->write(port, data, len, deadline_us, err);
}

START_TEST(readings)
{
	const struct sim_opts board = { .chip = "esp32c3",
					.stub_running = sessions[_i].is_running,
					.is_paced = true };
	struct ef_port *real;
	struct rig r;

	rig_power(&r, &board);
	r.opts.no_stub = sessions[_i].no_stub;
	r.opts.skip_flash = sessions[_i].skip_flash;
	if (sessions[_i].is_running)
		r.opts.before = EF_BEFORE_NO_RESET;
	has_read = false;
	syncs = 0;
	real = r.port;
	rig_trace(&r);
	tap_open(real)->write = watch;
	ck_ok(rig_connect(&r), &r.err);
	tap_close(real);
	ck_assert_uint_eq(times(r.writes, CMD_RUNS), sessions[_i].ids);
	ck_assert_uint_eq(syncs, sessions[_i].syncs);
	rig_done(&r);
}
END_TEST

/* ---- values that arrive wrong ---- */

#define MAC0 0x60008844u /* ESP32-C3 TRM, EFUSE_RD_MAC_SPI_SYS_0_REG */

static struct {
	uint32_t addr;     /* the register whose answers are changed */
	unsigned wrong;    /* bit n: the answer to the nth reading, from 0 */
	unsigned index;    /* of the byte in the value */
	unsigned reads;    /* so far */
	unsigned in_write; /* requests in the last write */
	unsigned hit;      /* its request whose answer is changed, from 1; 0: none */
	unsigned frame, at;
	bool is_in_frame;
} change;

static void take_request(const uint8_t *data, size_t len)
{
	change.in_write++;
	if (!tap_is_request(data, len, EF_OP_READ_REG) || tap_word(data, len, 0) != change.addr)
		return;
	if (change.wrong >> change.reads++ & 1)
		change.hit = change.in_write;
}

/* A ROM gets several requests by one write. */
static bool watch_values(struct ef_port *port, const uint8_t *data, size_t len,
			 uint64_t deadline_us, struct ef_err *err)
{
	change.in_write = change.hit = change.frame = 0;
	change.is_in_frame = false;
	for (size_t at = 0, end; at + 10 <= len; at = end + 1) {
		take_request(data + at, len - at);
		for (end = at + 1; end < len && data[end] != 0xc0;)
			end++;
	}
	return tap_real->write(port, data, len, deadline_us, err);
}

static void change_byte(uint8_t *byte)
{
	if (*byte == 0xc0) {
		change.frame += !change.is_in_frame;
		change.is_in_frame = !change.is_in_frame;
		change.at = 0;
	} else if (++change.at == 5 + change.index && change.frame == change.hit) {
		*byte ^= 1;
	}
}

static bool change_values(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
			  size_t *ret_len, struct ef_err *err)
{
	if (!tap_real->read(port, buf, cap, deadline_us, ret_len, err))
		return false;
	for (size_t i = 0; i < *ret_len && change.hit; i++)
		change_byte(&buf[i]);
	return true;
}

/* The third byte of the flash's id is the code of its size: 0x17 for 0x16 means 8 MiB, not 4. */
static const struct {
	uint32_t addr;
	unsigned index, wrong;
} values[] = {
	{ W0, 2, 1 }, { W0, 2, 2 }, { W0, 2, 6 }, { MAC0, 1, 1 }, { MAC0, 1, 2 }, { MAC0, 1, 6 },
};

/*
 * Whichever readings are wrong, the facts are right in the end. The size of the flash goes into
 * bootloaders' headers.
 */
START_TEST(wrong_values)
{
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	uint8_t mac[6];
	struct ef_port_ops *ops;
	struct rig r;

	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	memcpy(mac, rig_device(&r)->mac, sizeof(mac));
	rig_done(&r);
	rig_power(&r, &board);
	r.opts.no_stub = true;
	memset(&change, 0, sizeof(change));
	change.addr = values[_i].addr;
	change.index = values[_i].index;
	change.wrong = values[_i].wrong;
	ops = tap_open(r.port);
	ops->write = watch_values;
	ops->read = change_values;
	ck_ok(rig_connect(&r), &r.err);
	tap_close(r.port);
	ck_assert_uint_ge(change.reads, 3);
	ck_assert_uint_eq(rig_device(&r)->flash_size, 4u << 20);
	ck_assert_uint_eq(rig_device(&r)->flash_id >> 16, 0x16);
	ck_assert_mem_eq(rig_device(&r)->mac, mac, sizeof(mac));
	rig_done(&r);
}
END_TEST

Suite *suite_start_confirm(void);
Suite *suite_start_confirm(void)
{
	Suite *s = suite_create("start_confirm");
	TCase *t = tcase_create("start_confirm");

	tcase_add_loop_test(t, readings, 0, EF_ARRAY_LEN(sessions));
	tcase_add_loop_test(t, wrong_values, 0, EF_ARRAY_LEN(values));
	suite_add_tcase(s, t);
	return s;
}
