/* SPDX-License-Identifier: MIT */
/* Which listed port a selector means, and which channel of a bridge is the chip's UART. */
#include "ck_ef.h"
#include "base/bytes.h"
#include "cli/config/config.h"
#include "cli/board/port_channel.h"
#include "cli/board/port_select.h"

/* An ESP-Prog (sysfs names of its two interfaces), a DevKit, a USB-JTAG chip, a plain UART. */
static const struct ef_port_info ports[] = {
	{ .name = "/dev/ttyUSB0",
	  .kind = EF_PORT_USB,
	  .vid = 0x0403,
	  .pid = 0x6010,
	  .location = "1-2.3:1.0" },
	{ .name = "/dev/ttyUSB1",
	  .kind = EF_PORT_USB,
	  .vid = 0x0403,
	  .pid = 0x6010,
	  .location = "1-2.3:1.1" },
	{ .name = "/dev/ttyUSB2",
	  .kind = EF_PORT_USB,
	  .vid = 0x10c4,
	  .pid = 0xea60,
	  .serial = "0001",
	  .location = "1-2.30:1.0" },
	{ .name = "/dev/ttyACM0",
	  .kind = EF_PORT_USB,
	  .vid = 0x303a,
	  .pid = 0x1001,
	  .serial = "7C:DF:A1:00:00:05",
	  .location = "3-1:1.0" },
	{ .name = "/dev/ttyS0", .kind = EF_PORT_UNKNOWN },
};

static const struct {
	const char *selector;
	unsigned matches; /* bit by index in ports */
} cases[] = {
	{ "serial=0001", 4 },
	{ "serial=7c:df:a1:00:00:05", 8 },
	{ "serial=", 0 },
	{ "serial=000", 0 },
	{ "vid:pid=0403:6010", 3 },
	{ "vid:pid=403:6010", 3 },
	{ "vid:pid=0x10C4:0xEA60", 4 },
	{ "vid:pid=303a:1002", 0 },
	{ "vid:pid=:", 0 },
	{ "vid:pid=0:0", 0 },
	{ "vid:pid=00000403:6010", 0 },
	{ "location=1-2.3", 3 },
	{ "location=1-2.3:1.1", 2 },
	{ "location=1-2", 0 },
	{ "location=", 0 },
	{ "location=3-1", 8 },
	{ "/dev/ttyUSB0", 0 },
};

START_TEST(selectors)
{
	unsigned found = 0;

	for (size_t i = 0; i < EF_ARRAY_LEN(ports); i++)
		if (port_matches(cases[_i].selector, &ports[i]))
			found |= 1u << i;
	ck_assert_msg(found == cases[_i].matches, "%s: 0x%x", cases[_i].selector, found);
	ck_assert(port_selector(cases[_i].selector) == (cases[_i].selector[0] != '/'));
}
END_TEST

START_TEST(jtag_channel)
{
	for (size_t i = 0; i < EF_ARRAY_LEN(ports); i++)
		ck_assert(port_is_jtag_channel(ports, EF_ARRAY_LEN(ports), &ports[i]) == (i == 0));
	/* alone it may be anything */
	ck_assert(!port_is_jtag_channel(ports, 1, &ports[0]));
}
END_TEST

/* FT4232H: A is JTAG, B the UART, C and D are there for something else. */
static const struct ef_port_info quad[] = {
	{ .name = "/dev/ttyUSB4",
	  .kind = EF_PORT_USB,
	  .vid = 0x0403,
	  .pid = 0x6011,
	  .location = "2-1:1.0" },
	{ .name = "/dev/ttyUSB5",
	  .kind = EF_PORT_USB,
	  .vid = 0x0403,
	  .pid = 0x6011,
	  .location = "2-1:1.1" },
	{ .name = "/dev/ttyUSB6",
	  .kind = EF_PORT_USB,
	  .vid = 0x0403,
	  .pid = 0x6011,
	  .location = "2-1:1.2" },
	{ .name = "/dev/ttyUSB7",
	  .kind = EF_PORT_USB,
	  .vid = 0x0403,
	  .pid = 0x6011,
	  .location = "2-1:1.3" },
	{ .name = "/dev/rfcomm0", .kind = EF_PORT_BLUETOOTH },
	{ .name = "/dev/ttyS0", .kind = EF_PORT_UNKNOWN },
};

START_TEST(channels)
{
	static const char *const names[] = { "channel A (JTAG)", "channel B (UART)", "channel C",
					     "channel D" };

	for (size_t i = 0; i < EF_ARRAY_LEN(names); i++)
		ck_assert_str_eq(port_channel_name(quad, EF_ARRAY_LEN(quad), &quad[i]), names[i]);
	ck_assert_ptr_null(port_channel_name(quad, EF_ARRAY_LEN(quad), &quad[5]));
	ck_assert_ptr_null(port_channel_name(ports, EF_ARRAY_LEN(ports), &ports[2]));
	ck_assert_str_eq(port_channel_name(quad, 1, &quad[0]), "channel A");
	ck_assert_ptr_eq(port_uart_channel(quad, EF_ARRAY_LEN(quad), &quad[0]), &quad[1]);
	ck_assert_ptr_null(port_uart_channel(ports, EF_ARRAY_LEN(ports), &ports[2]));
}
END_TEST

/* Which port is taken without a question: first and count in a list, its index or -1. */
static const struct {
	const struct ef_port_info *list;
	size_t first, count;
	bool all;
	size_t candidates;
	int sure;
} choices[] = {
	{ ports, 0, 2, false, 1, 1 }, /* an ESP-Prog: its UART */
	{ ports, 2, 1, false, 1, 2 },
	{ ports, 2, 2, false, 2, -1 }, /* two boards */
	{ ports, 0, 4, false, 3, -1 },
	{ ports, 4, 1, false, 0, -1 }, /* a platform UART: only on request */
	{ ports, 4, 1, true, 1, -1 },  /* on request it counts, but is not certain */
	{ ports, 3, 2, true, 2, 3 },   /* the only known one */
	{ quad, 0, 4, false, 3, 1 },   /* of one bridge's channels the UART */
	{ quad, 2, 2, false, 2, -1 },  /* it is unknown which of C and D it is */
	{ quad, 4, 1, true, 0, -1 },   /* Bluetooth: not even with --list-all-ports */
	{ quad, 0, 6, true, 4, 1 },
};

START_TEST(candidates)
{
	struct config *c = calloc(1, sizeof(*c));
	const struct ef_port_info *list = choices[_i].list + choices[_i].first;
	struct port_candidates found;

	ck_assert_ptr_nonnull(c);
	port_collect(c, list, choices[_i].count, choices[_i].all, &found);
	ck_assert_uint_eq(found.count, choices[_i].candidates);
	if (choices[_i].sure < 0)
		ck_assert_ptr_null(found.sure);
	else
		ck_assert_ptr_eq(found.sure, choices[_i].list + choices[_i].sure);
	config_free(c);
}
END_TEST

START_TEST(known)
{
	struct config *config = calloc(1, sizeof(*config));
	struct ef_port_info port = { .kind = EF_PORT_USB, .vid = 0x1209, .pid = 0xa0b1 };

	ck_assert_ptr_nonnull(config);
	for (size_t i = 0; i < EF_ARRAY_LEN(ports); i++)
		ck_assert(port_is_known(config, &ports[i]) == (ports[i].kind == EF_PORT_USB));
	ck_assert(!port_is_known(config, &port));
	config->usb[config->usb_count++] = (struct config_usb){ .vid = 0x1209, .pid = 0xa0b1 };
	ck_assert(port_is_known(config, &port));
	port.kind = EF_PORT_UNKNOWN;
	ck_assert(!port_is_known(config, &port));
	config_free(config);
}
END_TEST

Suite *suite_port_select(void);
Suite *suite_port_select(void)
{
	Suite *s = suite_create("port_select");
	TCase *t = tcase_create("port_select");

	tcase_add_loop_test(t, selectors, 0, EF_ARRAY_LEN(cases));
	tcase_add_test(t, jtag_channel);
	tcase_add_test(t, channels);
	tcase_add_loop_test(t, candidates, 0, EF_ARRAY_LEN(choices));
	tcase_add_test(t, known);
	suite_add_tcase(s, t);
	return s;
}
