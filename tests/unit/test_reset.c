/* SPDX-License-Identifier: MIT */
/*
 * Reset sequences: line by line with virtual time against those of espflash
 * 4.5 (connection/reset.rs), written down here by hand; the order of attempts;
 * custom sequences as esptool's documentation defines them.
 */
#include "ck_ef.h"
#include "rig/fake_port.h"

#include <espflash/reset.h>

static const struct {
	const char *name;
	const char *want; /* "milliseconds what" */
} sequences[] = {
	{ "classic", "0 D0\n0 R1\n0 D0\n100 D1\n100 R0\n100 D1\n150 D0\n" },
	{ "classic-long", "0 D0\n0 R1\n0 D0\n100 D1\n100 R0\n100 D1\n600 D0\n" },
	{ "classic-extra", "0 D0\n0 R1\n0 D0\n100 D1\n100 R0\n100 D1\n1100 D0\n" },
	{ "unix-tight-extra", "0 D0R0\n0 D1R1\n0 D0R1\n100 D1R0\n1100 D0R0\n1100 D0\n" },
	{ "unix-tight", "0 D0R0\n0 D1R1\n0 D0R1\n100 D1R0\n150 D0R0\n150 D0\n" },
	{ "unix-tight-long", "0 D0R0\n0 D1R1\n0 D0R1\n100 D1R0\n600 D0R0\n600 D0\n" },
	{ "usb-jtag-serial",
	  "0 R0\n0 D0\n100 D1\n100 R0\n200 R1\n200 D0\n200 R1\n300 D0\n300 R0\n" },
	/* the pulse of 10 ms is ours; the steps are those of esptool and espflash */
	{ "classic-quick", "0 D0\n0 R1\n0 D0\n10 D1\n10 R0\n10 D1\n60 D0\n" },
	{ "unix-tight-quick", "0 D0R0\n0 D1R1\n0 D0R1\n10 D1R0\n60 D0R0\n60 D0\n" },
	{ "hard", "0 D0\n0 R1\n100 R0\n" },
	{ "hard-quick", "0 D0\n0 R1\n10 R0\n" },
	{ "usb-jtag-hard", "100 D0\n200 R1\n200 D0\n200 R1\n400 R0\n" },
	{ "usb-otg-hard", "0 D0\n0 R1\n200 R0\n" },
};

/* The time in the last line of the log. */
static unsigned last_ms(const char *log)
{
	const char *line = log + strlen(log) - 1;
	unsigned ms = 0;

	while (line > log && line[-1] != '\n')
		line--;
	while (*line >= '0' && *line <= '9')
		ms = 10 * ms + (unsigned)(*line++ - '0');
	return ms;
}

START_TEST(each_sequence)
{
	const struct ef_reset *reset = ef_reset_by_name(sequences[_i].name);
	struct ef_err err = EF_ERR_INIT;
	struct fake_port f;

	fake_init(&f, FAKE_SERIAL);
	ck_assert_ptr_nonnull(reset);
	ck_ok(ef_reset_run(reset, &f.base, &err), &err);
	ck_assert_str_eq(f.log, sequences[_i].want);
	/* esptool waits behind the last step on USB-OTG alone: the chip has to enumerate again */
	ck_assert_uint_eq(f.now_us, 1000 * (last_ms(f.log) +
					    (reset->needs & EF_RESET_FOR_USB_OTG ? 200 : 0)));
	ck_assert_uint_eq(f.base.lines, 0);
}
END_TEST

START_TEST(tables_are_sound)
{
	const struct ef_reset *tables[] = { ef_resets_enter, ef_resets_run };
	size_t count = 0;

	for (size_t t = 0; t < 2; t++) {
		for (const struct ef_reset *r = tables[t]; r->name; r++, count++) {
			bool has_both = false;

			ck_assert_ptr_eq(ef_reset_by_name(r->name), r);
			ck_assert(r->help && r->help[0]);
			ck_assert_uint_ge(r->step_count, 1);
			ck_assert_uint_le(r->step_count, EF_RESET_STEPS_MAX);
			for (size_t i = 0; i < r->step_count; i++) {
				ck_assert_uint_eq(r->step[i].value & ~r->step[i].mask, 0);
				has_both |= r->step[i].mask == (EF_DTR | EF_RTS);
			}
			ck_assert_int_eq(has_both, (r->needs & EF_RESET_NEEDS_ATOMIC) != 0);
		}
	}
	ck_assert_uint_eq(count, sizeof(sequences) / sizeof(sequences[0]));
	ck_assert_ptr_null(ef_reset_by_name("nonsense"));
}
END_TEST

START_TEST(no_lines_nothing_happens)
{
	struct ef_err err = EF_ERR_INIT;
	struct fake_port f;

	fake_init(&f, EF_PORT_HAS_BAUD);
	ck_ok(ef_reset_run(ef_reset_by_name("classic"), &f.base, &err), &err);
	ck_assert_str_eq(f.log, "");
	ck_assert_uint_eq(f.now_us, 0);
}
END_TEST

START_TEST(interrupted_lines_are_released)
{
	struct ef_err err = EF_ERR_INIT;
	struct fake_port f;

	fake_init(&f, FAKE_SERIAL);
	f.fails.sleep = EF_E_INTR;
	ck_fails(ef_reset_run(ef_reset_by_name("unix-tight"), &f.base, &err), &err, EF_E_INTR, "");
	ck_assert_str_eq(f.log, "0 D0R0\n0 D1R1\n0 D0R1\n0 D0R0\n");
	ck_assert_uint_eq(f.base.lines, 0);
}
END_TEST

static const struct {
	unsigned caps;
	uint16_t vid, pid;
	bool usb_only;
	const char *want;
	const char *hard;
} orders[] = {
	{ FAKE_SERIAL, 0x10c4, 0xea60, false,
	  "unix-tight-quick unix-tight-long unix-tight classic classic-long unix-tight-extra ",
	  "hard" },
	{ EF_PORT_HAS_LINES, 0x10c4, 0xea60, false,
	  "classic-quick classic-long classic classic-extra ", "hard" },
	{ FAKE_SERIAL | EF_PORT_REMOTE, 0, 0, false,
	  "classic classic-long unix-tight unix-tight-long classic-extra ", "hard" },
	{ EF_PORT_HAS_LINES | EF_PORT_REMOTE, 0, 0, false, "classic classic-long classic-extra ",
	  "hard" },
	{ FAKE_SERIAL, 0x303a, 0x1001, false, "usb-jtag-serial ", "usb-jtag-hard" },
	/* espflash looks at the product alone; another vendor's 1001 is a bridge */
	{ FAKE_SERIAL, 0x0403, 0x1001, false,
	  "unix-tight-quick unix-tight-long unix-tight classic classic-long unix-tight-extra ",
	  "hard" },
	{ FAKE_SERIAL, 0x10c4, 0xea60, true, "usb-jtag-serial ", "hard" },
};

START_TEST(order_by_port)
{
	const struct ef_reset *got[EF_RESET_ORDER_MAX];
	char text[256] = "";
	struct fake_port f;
	size_t n, len = 0;

	fake_init(&f, orders[_i].caps);
	f.base.info.vid = orders[_i].vid;
	f.base.info.pid = orders[_i].pid;
	n = ef_reset_order(&f.base, orders[_i].usb_only, got);
	ck_assert_uint_le(n, EF_RESET_ORDER_MAX);
	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s ", got[i]->name);
	ck_assert_str_eq(text, orders[_i].want);
	ck_assert_str_eq(ef_reset_hard(&f.base)->name, orders[_i].hard);
}
END_TEST

/* ---- a port that goes with the reset ---- */

static enum ef_code line_error;
static bool is_early; /* before EN is low, not after */

static bool lines_fail(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err)
{
	(void)port;
	if (mask & EF_RTS && !(value & EF_RTS) == !is_early)
		return ef_fail(err, line_error, "the port fails");
	return true;
}

/* While EN is low a chip's own USB port is gone. A bridge stays, so its end is an error. */
static const struct {
	const char *reset;
	uint16_t vid, pid;
	enum ef_code code;
	bool passes;
} leaving[] = {
	{ "hard", 0x303a, 0x1001, EF_E_PORT, true },
	{ "hard", 0x303a, 0x0002, EF_E_PORT, true },
	/* Espressif's own bridges: ESP-Prog-2 and the ESP USB bridge */
	{ "hard", 0x303a, 0x1000, EF_E_PORT, true },
	{ "hard", 0x303a, 0x1004, EF_E_PORT, true },
	{ "hard", 0x303a, 0x1002, EF_E_PORT, false },
	{ "hard", 0x303a, 0x1003, EF_E_PORT, false },
	{ "hard", 0x10c4, 0xea60, EF_E_PORT, false },
	{ "hard", 0x303a, 0x1001, EF_E_INTR, false },
	{ "usb-jtag-hard", 0, 0, EF_E_PORT, true },
	{ "usb-otg-hard", 0, 0, EF_E_PORT, true },
};

START_TEST(port_leaves_with_the_reset)
{
	struct ef_err err = EF_ERR_INIT;
	struct fake_port f;

	fake_init(&f, FAKE_SERIAL);
	f.base.info.vid = leaving[_i].vid;
	f.base.info.pid = leaving[_i].pid;
	f.ops.set_lines = lines_fail;
	line_error = leaving[_i].code;
	is_early = false;
	ck_assert_int_eq(ef_reset_run(ef_reset_by_name(leaving[_i].reset), &f.base, &err),
			 leaving[_i].passes);
	ck_assert_int_eq(err.code, leaving[_i].passes ? EF_OK : leaving[_i].code);
	ef_err_clear(&err);
	/* a port that is gone before the reset did not go with it */
	is_early = true;
	f.base.lines = 0;
	ck_fails(ef_reset_run(ef_reset_by_name(leaving[_i].reset), &f.base, &err), &err,
		 leaving[_i].code, "");
}
END_TEST

/* ---- the user's delay ---- */

static uint16_t boot_wait(const char *name, uint16_t delay_ms)
{
	struct ef_reset reset = *ef_reset_by_name(name);

	ef_reset_set_delay(&reset, delay_ms);
	for (size_t i = 0; i < reset.step_count; i++)
		if (reset.step[i].wait_ms && reset.step[i].value == EF_DTR)
			return reset.step[i].wait_ms;
	return 0;
}

/* It takes the place of the usual 50 ms; the longer sequences stay as much longer. */
START_TEST(delay_while_the_boot_pin_is_low)
{
	struct ef_reset jtag = *ef_reset_by_name("usb-jtag-serial");
	const struct ef_reset was = jtag;

	ck_assert_uint_eq(boot_wait("classic", 50), 50);
	ck_assert_uint_eq(boot_wait("classic", 200), 200);
	ck_assert_uint_eq(boot_wait("classic", 10), 10);
	ck_assert_uint_eq(boot_wait("classic-long", 200), 650);
	ck_assert_uint_eq(boot_wait("unix-tight", 1000), 1000);
	ck_assert_uint_eq(boot_wait("classic-long", 65085), 65535);
	ck_assert_uint_eq(boot_wait("classic-long", 65086), 65535);
	ck_assert_uint_eq(boot_wait("classic", 65535), 65535);
	/* esptool applies it to sequences for wires only */
	ef_reset_set_delay(&jtag, 200);
	ck_assert_mem_eq(&jtag, &was, sizeof(was));
}
END_TEST

static const struct {
	const char *text;
	const char *want; /* NULL: refused */
} customs[] = {
	/* esptool's documentation spells its classic reset so */
	{ "D0|R1|W0.1|D1|R0|W0.05|D0", "0 D0\n0 R1\n100 D1\n100 R0\n150 D0\n" },
	{ "U0,0|U1,1|U0,1|W0.1|U1,0|W0.05|U0,0|D0",
	  "0 D0R0\n0 D1R1\n0 D0R1\n100 D1R0\n150 D0R0\n150 D0\n" },
	{ "d1|r1", "0 D1\n0 R1\n" },
	{ "W1|D1", "1000 D1\n" },
	{ "W.5|D1", "500 D1\n" },
	{ "W0.0005|D1", "0 D1\n" },
	{ "|D1||R1|", "0 D1\n0 R1\n" },
	{ "D1|W0.2|W0.3|D0", "0 D1\n500 D0\n" },
	{ "W60|D1", "60000 D1\n" },
	{ "", NULL },
	{ "|", NULL },
	{ "D", NULL },
	{ "D2", NULL },
	{ "D01", NULL },
	{ "D 1", NULL },
	{ "X1", NULL },
	{ "U1", NULL },
	{ "U1,", NULL },
	{ "U1,2", NULL },
	{ "U1;0", NULL },
	{ "W", NULL },
	{ "W.", NULL },
	{ "W-1", NULL },
	{ "W1.2.3", NULL },
	{ "W1e3", NULL },
	{ "W60.001", NULL },
	{ "W99999999999999999999", NULL },
	{ "D1|D0|D1|D0|D1|D0|D1|D0|D1|D0|D1|D0|D1|D0|D1|D0|D1", NULL },
};

START_TEST(custom_sequences)
{
	struct ef_reset reset = { .name = "untouched" };
	struct ef_err err = EF_ERR_INIT;
	struct fake_port f;

	fake_init(&f, FAKE_SERIAL);
	if (!customs[_i].want) {
		ck_fails(ef_reset_parse(customs[_i].text, &reset, &err), &err, EF_E_USAGE, "");
		ck_assert_str_eq(reset.name, "untouched");
		return;
	}
	ck_ok(ef_reset_parse(customs[_i].text, &reset, &err), &err);
	ck_ok(ef_reset_run(&reset, &f.base, &err), &err);
	ck_assert_str_eq(f.log, customs[_i].want);
}
END_TEST

START_TEST(custom_error_names_the_command)
{
	struct ef_reset reset;
	struct ef_err err = EF_ERR_INIT;

	ck_assert(!ef_reset_parse("D0|Q7|R1", &reset, &err));
	ck_assert_ptr_nonnull(strstr(err.msg, "'Q7'"));
	ck_assert_ptr_nonnull(strstr(ck_hint(&err), "W0.1"));
}
END_TEST

/* A sequence of its own has no other pulse, and a plain one has it already. */
START_TEST(quick_sequence_has_a_sure_form)
{
	static const char *const pairs[][2] = {
		{ "hard-quick", "hard" }, { "classic-quick", "classic" },
		{ "hard", "hard" },       { "unix-tight-quick", "unix-tight" },
		{ "classic", "classic" }, { "unix-tight-extra", "unix-tight-extra" },
	};
	struct ef_err err = EF_ERR_INIT;
	struct ef_reset own;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		ck_assert_str_eq(ef_reset_sure(ef_reset_by_name(pairs[i][0]))->name, pairs[i][1]);
	ck_ok(ef_reset_parse("R1|W0.1|R0", &own, &err), &err);
	ck_assert_ptr_eq(ef_reset_sure(&own), &own);
}
END_TEST

/* ---- an ear ---- */

static bool note_release(void *ctx, struct ef_err *err)
{
	struct fake_port *f = ctx;

	(void)err;
	ck_assert_uint_eq(f->base.lines, EF_RTS);
	fake_log(f, "let go");
	return true;
}

static bool note_wait(void *ctx, uint32_t ms, struct ef_err *err)
{
	struct fake_port *f = ctx;

	ck_assert_uint_eq(f->base.lines, EF_DTR);
	fake_log(f, "hear");
	return ef_port_sleep_us(&f->base, 1000 * (uint64_t)ms, err);
}

/* Both lines together let EN rise behind two transistors, so "classic" lets go before R0. */
START_TEST(ear_is_told_before_en_rises)
{
	static const char *const want[][2] = {
		{ "classic", "0 D0\n0 R1\n0 D0\n100 let go\n100 D1\n100 R0\n100 D1\n100 hear\n"
			     "150 D0\n" },
		{ "unix-tight", "0 D0R0\n0 D1R1\n0 D0R1\n100 let go\n100 D1R0\n100 hear\n"
				"150 D0R0\n150 D0\n" },
	};
	struct ef_err err = EF_ERR_INIT;
	struct fake_port f;
	const struct ef_reset_ear ear = { note_release, note_wait, &f };

	fake_init(&f, FAKE_SERIAL);
	ck_ok(ef_reset_run_by_ear(ef_reset_by_name(want[_i][0]), &f.base, &ear, &err), &err);
	ck_assert_str_eq(f.log, want[_i][1]);
}
END_TEST

Suite *suite_reset(void);
Suite *suite_reset(void)
{
	Suite *s = suite_create("reset");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, each_sequence, 0, sizeof(sequences) / sizeof(sequences[0]));
	tcase_add_test(t, tables_are_sound);
	tcase_add_test(t, no_lines_nothing_happens);
	tcase_add_test(t, interrupted_lines_are_released);
	tcase_add_loop_test(t, order_by_port, 0, sizeof(orders) / sizeof(orders[0]));
	tcase_add_loop_test(t, port_leaves_with_the_reset, 0, sizeof(leaving) / sizeof(leaving[0]));
	tcase_add_test(t, delay_while_the_boot_pin_is_low);
	tcase_add_loop_test(t, custom_sequences, 0, sizeof(customs) / sizeof(customs[0]));
	tcase_add_test(t, custom_error_names_the_command);
	tcase_add_test(t, quick_sequence_has_a_sure_form);
	tcase_add_loop_test(t, ear_is_told_before_en_rises, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
