/* SPDX-License-Identifier: MIT */
/*
 * An id that says nothing is asked for again, and the registers behind that command are read
 * back first: they are written until they hold, three times at most.
 */
#include "flasher/flasher_priv.h"
#include "flasher_rig.h"
#include "rig/tap_port.h"

/* SPI1 of the C3 (esptool targets/esp32c3.py): W0, and the length of the answer */
#define W0   0x60002058u
#define MISO 0x60002028u

static struct {
	unsigned spoil;  /* so many writes of MISO are spoilt ... */
	unsigned writes; /* ... of these */
	unsigned reads;  /* of all registers behind a command at once, W0 first */
	unsigned fail;   /* this one of them fails; 0: none */
	uint32_t pins;   /* of the last SPI_ATTACH */
} bus;

static bool bus_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		      struct ef_err *err)
{
	uint8_t copy[160];

	if (tap_is_request(data, len, EF_OP_SPI_ATTACH))
		bus.pins = tap_word(data, len, 0);
	/* one READ_REG has 14 bytes, and a few more if some are escaped */
	if (tap_is_request(data, len, EF_OP_READ_REG) && len > 28 && tap_word(data, len, 0) == W0 &&
	    ++bus.reads == bus.fail)
		return ef_fail(err, EF_E_INTR, "interrupted");
	if (!tap_is_request(data, len, EF_OP_WRITE_REG) || tap_word(data, len, 0) != MISO ||
	    bus.writes++ >= bus.spoil || len > sizeof(copy))
		return tap_real->write(port, data, len, deadline_us, err);
	memcpy(copy, data, len);
	copy[9 + 4] ^= 0x20; /* the value */
	return tap_real->write(port, copy, len, deadline_us, err);
}

static bool connect_over_bus(struct rig *r, unsigned spoil, unsigned fail)
{
	const struct sim_opts board = { .chip = "esp32c3", .flash_size = SIM_NO_FLASH };
	bool ok;

	rig_power(r, &board);
	r->opts.no_stub = true;
	memset(&bus, 0, sizeof(bus));
	bus.spoil = spoil;
	bus.fail = fail;
	tap_open(r->port)->write = bus_write;
	ok = rig_connect(r);
	tap_close(r->port);
	return ok;
}

/* On each of the two sets of pins, and once more at the end: plainly, then with care. */
START_TEST(registers_are_read_back)
{
	struct rig r;

	ck_ok(connect_over_bus(&r, 0, 0), &r.err);
	ck_assert(rig_device(&r)->no_flash);
	ck_assert_uint_eq(bus.reads, 3);
	ck_assert_uint_eq(bus.writes, 6);
	ck_assert_uint_eq(bus.pins, 0); /* the default ones again */
	ck_assert_uint_eq(r.f->recovery.damages, 0);
	rig_done(&r);
}
END_TEST

/* The first write of all is the plain one, the second the first that is read back. */
START_TEST(register_that_does_not_hold_is_written_again)
{
	struct rig r;

	ck_ok(connect_over_bus(&r, 2, 0), &r.err);
	ck_assert_uint_gt(bus.writes, 6);
	ck_assert_uint_ge(r.f->recovery.damages, 1);
	rig_done(&r);
}
END_TEST

START_TEST(failure_while_reading_back_is_reported)
{
	struct rig r;

	ck_fails(connect_over_bus(&r, 0, 1), &r.err, EF_E_INTR, "interrupted");
	ck_assert_uint_eq(bus.writes, 2); /* nothing follows */
	rig_done(&r);
}
END_TEST

Suite *suite_spi_sure(void);
Suite *suite_spi_sure(void)
{
	Suite *s = suite_create("spi_sure");
	TCase *t = tcase_create("spi_sure");

	tcase_add_test(t, registers_are_read_back);
	tcase_add_test(t, register_that_does_not_hold_is_written_again);
	tcase_add_test(t, failure_while_reading_back_is_reported);
	suite_add_tcase(s, t);
	return s;
}
