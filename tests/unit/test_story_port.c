/* SPDX-License-Identifier: MIT */
/*
 * Connections over a port that fails now and then: which failures end the session at once, which
 * are waited for, and which are part of the evidence.
 */
#include "story_scene.h"

enum op { READ, WRITE, DISCARD, LINES, RATE, SLEEP, REOPEN };

/*
 * This operation fails count times from its nth call on. EF_OK: it succeeds, and the port finds out
 * that it has no DTR and RTS.
 */
struct port_scene {
	struct scene scene;
	enum op op;
	unsigned nth, count;
	enum ef_code code;
};

static const struct port_scene *now;
static unsigned calls;
static const struct ef_port_ops *told; /* the operations that tell the story */
static struct ef_port_ops inner;

static bool fails(enum op op, struct ef_err *err)
{
	if (op != now->op || now->code == EF_OK || ++calls < now->nth ||
	    calls >= now->nth + now->count)
		return false;
	ef_fail(err, now->code, "the port fails");
	return true;
}

static bool do_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		    size_t *ret_len, struct ef_err *err)
{
	return !fails(READ, err) && told->read(port, buf, cap, deadline_us, ret_len, err);
}

static bool do_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		     struct ef_err *err)
{
	return !fails(WRITE, err) && told->write(port, data, len, deadline_us, err);
}

static bool do_discard(struct ef_port *port, struct ef_err *err)
{
	return !fails(DISCARD, err) && told->discard(port, err);
}

static bool do_lines(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err)
{
	if (now->op == LINES && now->code == EF_OK && ++calls == now->nth)
		port->caps &= ~(unsigned)EF_PORT_HAS_LINES;
	return !fails(LINES, err) && told->set_lines(port, mask, value, err);
}

static bool do_rate(struct ef_port *port, uint32_t rate_hz, struct ef_err *err)
{
	return !fails(RATE, err) && told->set_baud(port, rate_hz, err);
}

static bool do_sleep(struct ef_port *port, uint64_t us, struct ef_err *err)
{
	return !fails(SLEEP, err) && told->sleep_us(port, us, err);
}

static bool do_reopen(struct ef_port *port, uint64_t deadline_us, struct ef_err *err)
{
	return !fails(REOPEN, err) && told->reopen(port, deadline_us, err);
}

/* The failures come before the operations that tell the story. */
static void spoil(struct ef_port *port)
{
	told = port->ops;
	inner = *told;
	inner.read = do_read;
	inner.write = do_write;
	inner.discard = do_discard;
	inner.set_lines = do_lines;
	inner.set_baud = do_rate;
	inner.sleep_us = do_sleep;
	if (told->reopen)
		inner.reopen = do_reopen;
	port->ops = &inner;
	calls = 0;
}

#define BOARD(what) .scene.board = { B(what) }
static const struct port_scene scenes[] = {
	/* a driver that takes no bytes is part of the evidence */
	{ .scene.name = "writes-stall",
	  BOARD(NO_RX),
	  .op = WRITE,
	  .nth = 1,
	  .count = 1000,
	  .code = EF_E_TIMEOUT },
	{ .scene.name = "some-writes-stall",
	  BOARD(AUTO),
	  .op = WRITE,
	  .nth = 1,
	  .count = 5,
	  .code = EF_E_TIMEOUT },
	{ .scene.name = "a-write-stalls-at-work",
	  BOARD(AUTO),
	  .op = WRITE,
	  .nth = 6,
	  .count = 1,
	  .code = EF_E_TIMEOUT },
	/* an error of the driver ends everything */
	{ .scene.name = "write-1-io",
	  BOARD(AUTO),
	  .op = WRITE,
	  .nth = 1,
	  .count = 1,
	  .code = EF_E_IO },
	{ .scene.name = "write-3-io",
	  BOARD(AUTO),
	  .op = WRITE,
	  .nth = 3,
	  .count = 1,
	  .code = EF_E_IO },
	{ .scene.name = "read-1-io",
	  BOARD(AUTO),
	  .op = READ,
	  .nth = 1,
	  .count = 1,
	  .code = EF_E_IO },
	{ .scene.name = "read-9-io",
	  BOARD(AUTO),
	  .op = READ,
	  .nth = 9,
	  .count = 1,
	  .code = EF_E_IO },
	{ .scene.name = "discard-1-io",
	  BOARD(AUTO),
	  .op = DISCARD,
	  .nth = 1,
	  .count = 1,
	  .code = EF_E_IO },
	{ .scene.name = "discard-2-io",
	  BOARD(AUTO),
	  .op = DISCARD,
	  .nth = 2,
	  .count = 1,
	  .code = EF_E_IO },
	{ .scene.name = "lines-2-io",
	  BOARD(AUTO),
	  .op = LINES,
	  .nth = 2,
	  .count = 1,
	  .code = EF_E_IO },
	{ .scene.name = "lines-5-io",
	  BOARD(AUTO),
	  .op = LINES,
	  .nth = 5,
	  .count = 1,
	  .code = EF_E_IO },
	{ .scene.name = "rate-1-io",
	  BOARD(AUTO),
	  .op = RATE,
	  .nth = 1,
	  .count = 1,
	  .code = EF_E_IO },
	{ .scene = { .name = "rate-2-io", .board = { B(AUTO) }, .opts.rate_hz = 460800 },
	  .op = RATE,
	  .nth = 2,
	  .count = 1,
	  .code = EF_E_IO },
	{ .scene = { .name = "rate-3-io", .board = { B(AUTO) }, .opts.rate_hz = 460800 },
	  .op = RATE,
	  .nth = 3,
	  .count = 1,
	  .code = EF_E_IO },
	{ .scene = { .name = "rate-4-io", .board = { B(AUTO) }, .opts.rate_hz = 460800 },
	  .op = RATE,
	  .nth = 4,
	  .count = 1,
	  .code = EF_E_IO },
	{ .scene = { .name = "rate-2-intr", .board = { B(AUTO) }, .opts.rate_hz = 460800 },
	  .op = RATE,
	  .nth = 2,
	  .count = 1,
	  .code = EF_E_INTR },
	{ .scene = { .name = "rate-2-unsupp", .board = { B(AUTO) }, .opts.rate_hz = 460800 },
	  .op = RATE,
	  .nth = 2,
	  .count = 1,
	  .code = EF_E_UNSUPP },
	{ .scene.name = "sleep-2-io",
	  BOARD(AUTO),
	  .op = SLEEP,
	  .nth = 2,
	  .count = 1,
	  .code = EF_E_IO },
	{ .scene = { .name = "hands-rate-io",
		     .board = { B(NONE), .chatty_app = true },
		     .opts = { .has_hands = true, .rate_hz = 460800, .attempts = 6 },
		     .lacks = EF_PORT_HAS_LINES },
	  .op = RATE,
	  .nth = 5,
	  .count = 1,
	  .code = EF_E_IO },
	{ .scene = { .name = "crystal-io",
		     .board = { .chip = "esp32", .is_paced = true },
		     .opts.rate_hz = 921600 },
	  .op = WRITE,
	  .nth = 5,
	  .count = 1,
	  .code = EF_E_IO },
	{ .scene = { .name = "rom-rate-io",
		     .board = { .chip = "esp32", .is_paced = true },
		     .opts.rate_hz = 921600 },
	  .op = WRITE,
	  .nth = 6,
	  .count = 1,
	  .code = EF_E_IO },
	/* a server that confirms no rate: the link may be lost */
	{ .scene = { .name = "rate-2-timeout", .board = { B(AUTO) }, .opts.rate_hz = 460800 },
	  .op = RATE,
	  .nth = 2,
	  .count = 1,
	  .code = EF_E_TIMEOUT },
	{ .scene = { .name = "rate-3-timeout", .board = { B(AUTO) }, .opts.rate_hz = 460800 },
	  .op = RATE,
	  .nth = 3,
	  .count = 1,
	  .code = EF_E_TIMEOUT },
	{ .scene = { .name = "rate-4-timeout", .board = { B(AUTO) }, .opts.rate_hz = 460800 },
	  .op = RATE,
	  .nth = 4,
	  .count = 1,
	  .code = EF_E_TIMEOUT },
	{ .scene = { .name = "auto-rate-3-timeout",
		     .board = { B(AUTO) },
		     .opts = { .rate_hz = 921600, .speed.is_auto = true } },
	  .op = RATE,
	  .nth = 3,
	  .count = 1,
	  .code = EF_E_TIMEOUT },
	{ .scene = { .name = "auto-rate-4-timeout",
		     .board = { B(AUTO) },
		     .opts = { .rate_hz = 921600, .speed.is_auto = true } },
	  .op = RATE,
	  .nth = 4,
	  .count = 1,
	  .code = EF_E_TIMEOUT },
	{ .scene = { .name = "auto-rate-5-timeout",
		     .board = { B(AUTO) },
		     .opts = { .rate_hz = 921600, .speed.is_auto = true } },
	  .op = RATE,
	  .nth = 5,
	  .count = 1,
	  .code = EF_E_TIMEOUT },
	{ .scene = { .name = "auto-rates-timeout",
		     .board = { B(AUTO) },
		     .opts = { .rate_hz = 921600, .speed.is_auto = true } },
	  .op = RATE,
	  .nth = 3,
	  .count = 100,
	  .code = EF_E_TIMEOUT },
	{ .scene = { .name = "no-lines-after-all", .board = { B(NO_RX) } },
	  .op = LINES,
	  .nth = 30,
	  .count = 1,
	  .code = EF_E_TIMEOUT },
	{ .scene = { .name = "lines-that-are-none", .board = { B(NONE), .chatty_app = true } },
	  .op = LINES,
	  .nth = 3,
	  .code = EF_OK },
	/* a port that goes away is waited for */
	{ .scene.name = "write-1-gone",
	  BOARD(AUTO),
	  .op = WRITE,
	  .nth = 1,
	  .count = 1,
	  .code = EF_E_PORT },
	{ .scene.name = "write-2-gone",
	  BOARD(AUTO),
	  .op = WRITE,
	  .nth = 2,
	  .count = 1,
	  .code = EF_E_PORT },
	{ .scene.name = "write-5-gone",
	  BOARD(AUTO),
	  .op = WRITE,
	  .nth = 5,
	  .count = 1,
	  .code = EF_E_PORT },
	{ .scene.name = "lines-1-gone",
	  BOARD(AUTO),
	  .op = LINES,
	  .nth = 1,
	  .count = 1,
	  .code = EF_E_PORT },
	{ .scene.name = "lines-all-gone",
	  BOARD(AUTO),
	  .op = LINES,
	  .nth = 1,
	  .count = 1000,
	  .code = EF_E_PORT },
	{ .scene.name = "lines-9-gone-silent",
	  BOARD(NO_RX),
	  .op = LINES,
	  .nth = 9,
	  .count = 1,
	  .code = EF_E_PORT },
	{ .scene.name = "lines-38-gone-silent",
	  BOARD(NO_RX),
	  .op = LINES,
	  .nth = 38,
	  .count = 1,
	  .code = EF_E_PORT },
	{ .scene.name = "discard-2-gone",
	  BOARD(AUTO),
	  .op = DISCARD,
	  .nth = 2,
	  .count = 1,
	  .code = EF_E_PORT },
	{ .scene.name = "read-30-gone-silent",
	  BOARD(NO_RX),
	  .op = READ,
	  .nth = 30,
	  .count = 1,
	  .code = EF_E_PORT },
	{ .scene.name = "reads-gone-flaps",
	  BOARD(NO_RX),
	  .op = READ,
	  .nth = 10,
	  .count = 3,
	  .code = EF_E_PORT },
	{ .scene = { .name = "hands-write-gone",
		     .board = { B(NONE), .chatty_app = true },
		     .opts.wait_ms = 12000 },
	  .op = WRITE,
	  .nth = 170,
	  .count = 1,
	  .code = EF_E_PORT },
	{ .scene = { .name = "hands-write-io",
		     .board = { B(NONE), .chatty_app = true },
		     .opts.wait_ms = 12000 },
	  .op = WRITE,
	  .nth = 170,
	  .count = 1,
	  .code = EF_E_IO },
	{ .scene = { .name = "listen-rate-io", .board = { B(AUTO), .faults.max_rate_hz = 1 } },
	  .op = RATE,
	  .nth = 5,
	  .count = 1,
	  .code = EF_E_IO },
	{ .scene = { .name = "listen-rate-gone", .board = { B(AUTO), .faults.max_rate_hz = 1 } },
	  .op = RATE,
	  .nth = 5,
	  .count = 1,
	  .code = EF_E_PORT },
};

START_TEST(connection)
{
	now = &scenes[_i];
	play_on(&now->scene, spoil);
}
END_TEST

Suite *suite_story_port(void);
Suite *suite_story_port(void)
{
	Suite *s = suite_create("story_port");
	TCase *t = tcase_create("story_port");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, connection, 0, EF_ARRAY_LEN(scenes));
	suite_add_tcase(s, t);
	return s;
}
