/* SPDX-License-Identifier: MIT */
/*
 * Chips whose own USB peripheral is the port: every chip and both kinds, a
 * device that stays, leaves with each reset, has another name then, or does
 * not come back; connecting, writing, and the ways to start the application.
 * Product ids, watchdogs and block sizes are esptool's (chip-facts.json).
 */
#include "flasher/flasher_priv.h"
#include "sim/parts.h"
#include "sim/sim.h"
#include "work_rig.h"

#define ADDR      0x10000u
#define LEN       0x9000u
#define LEN_OF(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const struct port_of {
	const char *chip;
	enum sim_circuit circuit;
	uint16_t pid;
	uint32_t watchdog; /* CONFIG0, which is 0 once it is off; 0: left alone */
	uint32_t super;    /* its auto-feed register ... */
	uint32_t feed;     /* ... and bit */
	bool can_watchdog_reset;
} ports[] = {
	{ "esp32c3", SIM_CIRCUIT_USB_JTAG, 0x1001, 0x60008090, 0x600080ac, 1u << 31, true },
	{ "esp32s3", SIM_CIRCUIT_USB_JTAG, 0x1001, 0x60008098, 0x600080b4, 1u << 31, true },
	{ "esp32c5", SIM_CIRCUIT_USB_JTAG, 0x1001, 0x600b1c00, 0x600b1c1c, 1u << 18, true },
	{ "esp32c6", SIM_CIRCUIT_USB_JTAG, 0x1001, 0x600b1c00, 0x600b1c1c, 1u << 18, false },
	{ "esp32c61", SIM_CIRCUIT_USB_JTAG, 0x1001, 0x600b1c00, 0x600b1c1c, 1u << 18, true },
	{ "esp32h2", SIM_CIRCUIT_USB_JTAG, 0x1001, 0x600b1c00, 0x600b1c20, 1u << 18, false },
	{ "esp32p4", SIM_CIRCUIT_USB_JTAG, 0x1001, 0x50116000, 0x5011601c, 1u << 18, true },
	{ "esp32s31", SIM_CIRCUIT_USB_JTAG, 0x1001, 0x20801000, 0x2080101c, 1u << 18, true },
	{ "esp32s2", SIM_CIRCUIT_USB_OTG, 0x0002, 0, 0, 0, true },
	{ "esp32s3", SIM_CIRCUIT_USB_OTG, 0x0009, 0, 0, 0, true },
	{ "esp32p4", SIM_CIRCUIT_USB_OTG, 0x0012, 0, 0, 0, true },
	{ "esp32s31", SIM_CIRCUIT_USB_OTG, 0x0020, 0, 0, 0, true },
};

static const struct manner {
	const char *what;
	uint32_t away_ms;
	bool renames;
	enum sim_usb_app app;
} manners[] = {
	{ "stays", 0, false, SIM_USB_APP_SAME },
	{ "leaves", 300, false, SIM_USB_APP_SAME },
	{ "leaves for long", 2500, false, SIM_USB_APP_SAME },
	{ "has another name", 400, true, SIM_USB_APP_SAME },
	{ "is another product", 400, true, SIM_USB_APP_OTHER },
	{ "is gone", 400, false, SIM_USB_APP_NONE },
};

#define PORTS   LEN_OF(ports)
#define MANNERS LEN_OF(manners)

static bool is_otg(const struct port_of *p)
{
	return p->circuit == SIM_CIRCUIT_USB_OTG;
}

static struct sim_opts board_of(const struct port_of *p, const struct manner *m)
{
	return (struct sim_opts){ .chip = p->chip,
				  .circuit = p->circuit,
				  .usb.away_ms = m->away_ms,
				  .usb.renames = m->renames,
				  .usb.app = m->app,
				  .chatty_app = true,
				  .is_paced = true };
}

static void note(struct rig *r, const struct port_of *p, const struct manner *m, const char *what)
{
	ck_assert_msg(r->err.code == EF_OK, "%s, %s, %s: %s; said:\n%s", p->chip, m->what, what,
		      r->err.msg, r->said);
}

/* ---- connecting ---- */

/* Start from the running application, as after power-up, and then a second time. */
START_TEST(it_connects)
{
	const struct port_of *p = &ports[_i % PORTS];
	const struct manner *m = &manners[_i / PORTS];
	const struct sim_opts board = board_of(p, m);
	uint64_t start;
	struct rig r;

	/* there is no port to connect to if the application has none; OTG's loader has one */
	if (m->app == SIM_USB_APP_NONE && !is_otg(p))
		return;
	rig_power(&r, &board);
	start = sim_now_us(r.sim);
	(void)rig_connect(&r);
	note(&r, p, m, "connecting");
	ck_assert(sim_is_download(r.sim));
	ck_assert_uint_eq(r.port->info.vid, 0x303a);
	ck_assert_uint_eq(r.port->info.pid, p->pid);
	ck_assert_int_eq(rig_device(&r)->is_usb_otg, is_otg(p));
	ck_assert_int_eq(rig_device(&r)->is_usb_jtag, !is_otg(p));
	/* one reset, and the time that the device is away */
	ck_assert_uint_le(sim_resets(r.sim), 1);
	ck_assert_uint_lt(sim_now_us(r.sim) - start, 1700000 + 1000 * m->away_ms);
	/* 0x800 for both on OTG (esptool USB_RAM_BLOCK), 0x1800 and 0x4000 elsewhere */
	ck_assert_uint_eq(r.f->form.ram_block, is_otg(p) ? 0x800 : 0x1800);
	if (rig_device(&r)->is_stub)
		ck_assert_uint_eq(r.f->form.flash_block, is_otg(p) ? 0x800 : 0x4000);
	rig_done(&r);
}
END_TEST

/*
 * Behind a server for RFC 2217 the host can't see the USB ids, and a ROM on USB-OTG takes no block
 * of more than 0x800 bytes (esptool 5.5.0: "Limit block size to 0x800 for uploading stub without
 * VID/PID").
 */
START_TEST(remote_otg_gets_the_stub)
{
	const struct port_of *p = &ports[_i];
	struct sim_opts board = board_of(p, &manners[0]);
	struct rig r;

	rig_power(&r, &board);
	r.port->info.vid = r.port->info.pid = 0;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert(rig_device(&r)->is_stub);
	ck_assert_uint_eq(r.f->form.ram_block, 0x800);
	ck_assert_uint_eq(r.f->recovery.damages, 0);
	rig_done(&r);
}
END_TEST

/* The watchdogs that firmware left running are off before the first work. */
START_TEST(watchdogs_are_off)
{
	const struct port_of *p = &ports[_i];
	const struct sim_opts board = board_of(p, &manners[_i % 2]);
	struct rig r;

	rig_power(&r, &board);
	r.opts.no_stub = true;
	rig_trace(&r);
	ck_ok(rig_connect(&r), &r.err);
	if (p->watchdog) {
		char text[64];

		(void)snprintf(text, sizeof(text), "%08x=00000000/ffffffff\n", p->watchdog);
		rig_writes(&r, text);
		ck_assert_uint_eq(sim_register(r.sim, p->watchdog), 0);
		ck_assert_uint_eq(sim_register(r.sim, p->super) & p->feed, p->feed);
	} else {
		ck_assert_ptr_null(strstr(r.writes, "50d83aa1"));
	}
	rig_done(&r);
}
END_TEST

/* Firmware on USB-OTG is sent into the loader, which is another product at the same socket. */
START_TEST(firmware_on_otg_is_left)
{
	const struct port_of *p = &ports[8 + _i];
	struct manner m = { "from the application", 400, true, SIM_USB_APP_OTHER };
	struct sim_opts board = board_of(p, &m);
	struct rig r;

	board.usb.is_forced = true;
	rig_power(&r, &board);
	/* the loader that firmware asked for is left for the application, by hand */
	ck_ok(rig_connect(&r), &r.err);
	ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
	ck_ok(ef_port_sleep_us(r.port, 900000, &r.err), &r.err);
	ck_assert(sim_is_running(r.sim));
	ef_flasher_close(r.f);
	r.f = NULL;
	ck_ok(ef_port_reopen(r.port, ef_port_deadline(r.port, 1000), &r.err), &r.err);
	ck_assert_uint_eq(r.port->info.pid, 0x4001);
	(void)rig_connect(&r);
	note(&r, p, &m, "again");
	ck_assert_uint_eq(r.port->info.pid, p->pid);
	ck_assert(sim_is_download(r.sim));
	rig_done(&r);
}
END_TEST

/* ---- work ---- */

START_TEST(it_writes)
{
	const struct port_of *p = &ports[_i % PORTS];
	const struct manner *m = &manners[_i / PORTS];
	const struct sim_opts board = board_of(p, m);
	struct ef_region region = { ADDR, NULL, LEN, "app" };
	const struct ef_write_opts opts = { .no_skip = true };
	struct rig r;
	uint8_t *data;

	if (m->app == SIM_USB_APP_NONE && !is_otg(p))
		return;
	data = work_content(LEN, false);
	region.data = data;
	rig_power(&r, &board);
	r.opts.no_stub = _i % 2;
	(void)(rig_connect(&r) && plain_write(r.f, &region, 1, &opts, NULL, &r.err));
	note(&r, p, m, "writing");
	ck_assert_mem_eq(sim_flash(r.sim, NULL) + ADDR, data, LEN);
	rig_done(&r);
	free(data);
}
END_TEST

/*
 * A cable that is pulled in mid-write, and plugged in again: under another name, and on
 * USB-Serial/JTAG with the application running until the way back resets it.
 */
START_TEST(it_goes_on_after_a_replug)
{
	const struct port_of *p = &ports[_i];
	struct manner m = { "replugged", 300, true, SIM_USB_APP_SAME };
	struct sim_opts board = board_of(p, &m);
	uint8_t *data = work_content(LEN, false);
	const struct ef_region region = { ADDR, data, LEN, "app" };
	const struct ef_write_opts opts = { .no_skip = true };
	struct sim_faults faults = { .unplug_ms = 1500 };
	struct rig r;

	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	faults.unplug_at_request = sim_requests(r.sim, 0) + 3;
	sim_set_faults(r.sim, &faults);
	if (is_otg(p)) /* BOOT is not held this time: the chip starts the application */
		ck_assert(!plain_write(r.f, &region, 1, &opts, NULL, &r.err) ||
			  memcmp(sim_flash(r.sim, NULL) + ADDR, data, LEN) == 0);
	else
		ck_ok(plain_write(r.f, &region, 1, &opts, NULL, &r.err), &r.err);
	if (r.err.code == EF_OK) {
		ck_assert_mem_eq(sim_flash(r.sim, NULL) + ADDR, data, LEN);
		rig_says(&r, "is back");
	} else {
		ck_assert_ptr_nonnull(strstr(r.err.msg, "partly erased or written"));
	}
	rig_done(&r);
	free(data);
}
END_TEST

/* ---- starting the application ---- */

static void ck_start(struct rig *r, const struct port_of *p, const struct manner *m,
		     enum ef_after after)
{
	struct ef_start start;

	ef_flasher_will_listen(r->f);
	(void)(ef_flasher_finish(r->f, after, &r->err) &&
	       ef_flasher_listen(r->f, &(struct ef_listen_opts){ .limit_ms = 1000 }, &start,
				 &r->err));
	note(r, p, m, after == EF_AFTER_HARD_RESET ? "hard reset" : "watchdog reset");
	ck_assert_msg(sim_is_running(r->sim), "%s, %s", p->chip, m->what);
	ck_assert_msg(start.state ==
			      (m->app == SIM_USB_APP_NONE ? EF_START_SILENT : EF_START_RUNNING),
		      "%s, %s: %d '%s'", p->chip, m->what, (int)start.state, start.line);
	if (start.state == EF_START_RUNNING)
		ck_assert(strncmp(start.line, "tick ", 5) == 0);
	if (m->app == SIM_USB_APP_OTHER)
		ck_assert_uint_eq(r->port->info.pid, 0x4001);
	if (m->renames)
		ck_assert_ptr_nonnull(strchr(r->port->info.name, '#'));
}

START_TEST(it_starts_and_is_heard)
{
	const struct port_of *p = &ports[_i % PORTS];
	const struct manner *m = &manners[_i / PORTS % MANNERS];
	enum ef_after after = _i / PORTS / MANNERS ? EF_AFTER_WATCHDOG_RESET : EF_AFTER_HARD_RESET;
	struct sim_opts board = board_of(p, m);
	struct rig r;

	if (m->app == SIM_USB_APP_NONE && !is_otg(p))
		return;
	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	if (after == EF_AFTER_WATCHDOG_RESET && !p->can_watchdog_reset)
		ck_fails(ef_flasher_finish(r.f, after, &r.err), &r.err, EF_E_UNSUPP, "watchdog");
	else
		ck_start(&r, p, m, after);
	rig_done(&r);
}
END_TEST

/* Without a monitor the flasher does not wait for a port that left. */
START_TEST(without_listening_nothing_waits)
{
	const struct port_of *p = &ports[_i];
	struct manner m = { "is gone", 400, false,
			    is_otg(p) ? SIM_USB_APP_NONE : SIM_USB_APP_SAME };
	const struct sim_opts board = board_of(p, &m);
	uint64_t start;
	struct rig r;

	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	start = sim_now_us(r.sim);
	ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
	ck_assert_uint_lt(sim_now_us(r.sim) - start, 600000);
	rig_done(&r);
}
END_TEST

/* GPIO0 low when it was powered: only a watchdog reads the straps again; else the line does. */
START_TEST(otg_starts_from_either_way_into_the_loader)
{
	const struct port_of *p = &ports[8 + _i / 2];
	struct manner m = manners[1];
	struct sim_opts board = board_of(p, &m);
	struct rig r;

	board.usb.is_forced = _i % 2;
	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	ck_start(&r, p, &m, EF_AFTER_HARD_RESET);
	/* P4 and S31 have no strap register that is asked: always the watchdog (esptool) */
	if (board.usb.is_forced && _i / 2 < 2)
		rig_does_not_say(&r, "Resetting device with watchdog");
	else
		rig_says(&r, "Resetting device with watchdog");
	rig_done(&r);
}
END_TEST

/* ---- dead handles ---- */

/* A device that leaves for good ends every operation with an error, soon and truly. */
START_TEST(a_dead_handle_blocks_nothing)
{
	const struct port_of *p = &ports[_i % PORTS];
	const struct sim_opts board = board_of(p, &manners[0]);
	struct sim_faults faults = { .unplug_ms = 10000000 };
	uint8_t *data = work_content(LEN, false);
	const struct ef_region region = { ADDR, data, LEN, "app" };
	const struct ef_write_opts opts = { .no_skip = true };
	uint64_t start;
	struct rig r;

	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	faults.unplug_at_request = sim_requests(r.sim, 0) + 3;
	sim_set_faults(r.sim, &faults);
	start = sim_now_us(r.sim);
	ck_assert(!plain_write(r.f, &region, 1, &opts, NULL, &r.err));
	ck_assert_int_eq(r.err.code, EF_E_PORT);
	ck_assert_ptr_nonnull(strstr(r.err.msg, "partly erased or written"));
	/* the time that a replug is waited for, and not much more */
	ck_assert_uint_lt(sim_now_us(r.sim) - start, 22000000);
	/* and what comes then fails at once */
	ef_err_clear(&r.err);
	start = sim_now_us(r.sim);
	ck_assert(!ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err));
	ck_assert_int_eq(r.err.code, EF_E_PORT);
	ck_assert_uint_lt(sim_now_us(r.sim) - start, 500000);
	rig_done(&r);
	free(data);
}
END_TEST

/* The port of firmware that crashes at its start disappears with each crash. */
START_TEST(a_port_that_keeps_leaving_is_a_loop)
{
	struct sim_opts board = board_of(&ports[_i], &manners[1]);
	struct ef_start start;
	struct rig r;

	board.usb.away_ms = 130; /* and its output is lost, too */
	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	r.sim->opts.chatty_app = false;
	r.sim->opts.trouble = SIM_TROUBLE_WATCHDOG;
	ef_flasher_will_listen(r.f);
	ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
	ck_ok(ef_flasher_listen(r.f, &(struct ef_listen_opts){ .limit_ms = 1000 }, &start, &r.err),
	      &r.err);
	ck_assert_int_eq(start.state, EF_START_LOOP);
	/* by its count, or by what was heard between two of its lives */
	ck_assert_msg(strstr(start.line, "went away 4 times") != NULL ||
			      strstr(start.line, "invalid header") != NULL,
		      "%s", start.line);
	rig_done(&r);
}
END_TEST

Suite *suite_native_usb(void);
Suite *suite_native_usb(void)
{
	Suite *s = suite_create("native_usb");
	TCase *t = tcase_create("connect");

	tcase_set_timeout(t, 30);
	tcase_add_loop_test(t, it_connects, 0, PORTS * MANNERS);
	tcase_add_loop_test(t, watchdogs_are_off, 0, PORTS);
	tcase_add_loop_test(t, remote_otg_gets_the_stub, 8, PORTS);
	tcase_add_loop_test(t, firmware_on_otg_is_left, 0, 4);
	suite_add_tcase(s, t);
	t = tcase_create("work");
	tcase_set_timeout(t, 30);
	tcase_add_loop_test(t, it_writes, 0, PORTS * MANNERS);
	tcase_add_loop_test(t, it_goes_on_after_a_replug, 0, PORTS);
	tcase_add_loop_test(t, a_dead_handle_blocks_nothing, 0, PORTS);
	suite_add_tcase(s, t);
	t = tcase_create("start");
	tcase_set_timeout(t, 30);
	tcase_add_loop_test(t, it_starts_and_is_heard, 0, 2 * PORTS * MANNERS);
	tcase_add_loop_test(t, without_listening_nothing_waits, 0, PORTS);
	tcase_add_loop_test(t, otg_starts_from_either_way_into_the_loader, 0, 8);
	tcase_add_loop_test(t, a_port_that_keeps_leaving_is_a_loop, 0, 7);
	suite_add_tcase(s, t);
	return s;
}
