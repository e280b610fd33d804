/* SPDX-License-Identifier: MIT */
/* Ports without a device: buffering, names and URLs, the trace, the known USB ids, sorting. */
#include "ck_ef.h"
#include "rig/fake_port.h"

#include "base/util.h"
#include "port/port_priv.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

/* ---- buffered reads ---- */

START_TEST(small_reads_cost_one_backend_read)
{
	struct ef_err err = EF_ERR_INIT;
	struct fake_port f;
	uint8_t c;
	size_t len;

	fake_init(&f, FAKE_SERIAL);
	f.say[f.say_count++] = "hello";
	for (size_t i = 0; i < 5; i++) {
		ck_ok(ef_port_read(&f.base, &c, 1, 0, &len, &err), &err);
		ck_assert_uint_eq(len, 1);
		ck_assert_int_eq(c, "hello"[i]);
	}
	ck_assert_uint_eq(f.reads, 1);
	ck_ok(ef_port_read(&f.base, &c, 1, 3000, &len, &err), &err);
	ck_assert_uint_eq(len, 0);
	ck_assert_uint_eq(f.now_us, 3000);
}
END_TEST

START_TEST(discard_drops_the_buffer_too)
{
	struct ef_err err = EF_ERR_INIT;
	struct fake_port f;
	uint8_t c;
	size_t len;

	fake_init(&f, FAKE_SERIAL);
	f.say[f.say_count++] = "old";
	ck_ok(ef_port_read(&f.base, &c, 1, 0, &len, &err), &err);
	ck_ok(ef_port_discard(&f.base, &err), &err);
	ck_assert_uint_eq(f.discards, 1);
	ck_ok(ef_port_read(&f.base, &c, 1, 0, &len, &err), &err);
	ck_assert_uint_eq(len, 0);
}
END_TEST

START_TEST(lines_keep_what_is_not_masked)
{
	struct ef_err err = EF_ERR_INIT;
	struct fake_port f;

	fake_init(&f, FAKE_SERIAL);
	ck_ok(ef_port_set_lines(&f.base, EF_DTR | EF_RTS, EF_DTR, &err), &err);
	ck_ok(ef_port_set_lines(&f.base, EF_RTS, EF_RTS | EF_DTR, &err), &err);
	ck_assert_uint_eq(f.base.lines, EF_DTR | EF_RTS);
	ck_ok(ef_port_set_lines(&f.base, EF_DTR, 0, &err), &err);
	ck_assert_uint_eq(f.base.lines, EF_RTS);
	ck_ok(ef_port_set_lines(&f.base, 0, EF_DTR, &err), &err);
	ck_assert_str_eq(f.log, "0 D1R0\n0 R1\n0 D0\n");
}
END_TEST

START_TEST(no_lines_and_no_rate_are_no_failure)
{
	struct ef_err err = EF_ERR_INIT;
	struct fake_port f;

	fake_init(&f, 0);
	ck_ok(ef_port_set_lines(&f.base, EF_DTR, EF_DTR, &err), &err);
	ck_ok(ef_port_set_baud(&f.base, 921600, &err), &err);
	ck_assert_str_eq(f.log, "");
	ck_assert_uint_eq(f.base.rate_hz, 115200);
	ck_fails(ef_port_set_baud(&f.base, 0, &err), &err, EF_E_USAGE, "0 baud");
}
END_TEST

START_TEST(deadline_is_now_plus_ms)
{
	struct fake_port f;

	fake_init(&f, 0);
	f.now_us = 5;
	ck_assert_uint_eq(ef_port_deadline(&f.base, 3000), 3000005);
	ck_assert_uint_eq(ef_port_deadline(&f.base, UINT32_MAX), 4294967295000u + 5);
	ef_port_close(NULL);
}
END_TEST

START_TEST(a_bound_holds_whatever_the_limit)
{
	struct ef_err err = EF_ERR_INIT;
	struct fake_port f;
	uint8_t c;
	size_t len;

	fake_init(&f, FAKE_SERIAL);
	ef_port_set_bound(&f.base, 5000);
	ef_port_set_limit(&f.base, 9000);
	ck_assert_uint_eq(f.base.limit_us, 5000);
	ef_port_set_limit(&f.base, 3000);
	ck_assert_uint_eq(f.base.limit_us, 3000);
	ef_port_set_limit(&f.base, 0);
	ck_ok(ef_port_read(&f.base, &c, 1, 60000, &len, &err), &err);
	ck_assert_uint_eq(f.now_us, 5000);
	ck_fails(ef_port_read(&f.base, &c, 1, 60000, &len, &err), &err, EF_E_TIMEOUT,
		 "in the time that was given");
	ef_port_set_bound(&f.base, 0);
	ck_assert(!ef_port_is_late(&f.base));
}
END_TEST

START_TEST(rates_are_close_within_three_percent)
{
	ck_assert(port_rate_is_close(115200, 115200));
	ck_assert(port_rate_is_close(921600, 923076)); /* a CP2102's 921600 */
	ck_assert(port_rate_is_close(115200, 118000));
	ck_assert(!port_rate_is_close(115200, 119000));
	ck_assert(!port_rate_is_close(2000000, 1500000));
	ck_assert(!port_rate_is_close(115200, 0));
	ck_assert(port_rate_is_close(50, 50));
}
END_TEST

/* ---- the trace ---- */

struct trace_text {
	char text[4096];
	size_t len;
};

static void collect(void *user, const char *line)
{
	struct trace_text *t = user;
	int n = snprintf(t->text + t->len, sizeof(t->text) - t->len, "%s\n", line);

	ck_assert_int_gt(n, 0);
	t->len += (size_t)n;
}

START_TEST(trace_writes_down_everything)
{
	struct trace_text t = { .len = 0 };
	struct ef_err err = EF_ERR_INIT;
	struct ef_port *port = NULL;
	struct fake_port f;
	uint8_t data[33], buf[8];
	size_t len;

	fake_init(&f, FAKE_SERIAL);
	f.say[f.say_count++] = "OK";
	f.base.info.vid = 0x303a;
	memset(data, 0xc0, sizeof(data));
	ck_ok(ef_port_trace(&f.base, collect, &t, &port, &err), &err);
	ck_assert_uint_eq(port->caps, FAKE_SERIAL);
	ck_assert_uint_eq(port->info.vid, 0x303a);
	ck_ok(ef_port_write(port, data, sizeof(data), 0, &err), &err);
	ck_ok(ef_port_read(port, buf, sizeof(buf), 0, &len, &err), &err);
	ck_ok(ef_port_sleep_us(port, 12345, &err), &err);
	ck_ok(ef_port_set_lines(port, EF_RTS, EF_RTS, &err), &err);
	ck_ok(ef_port_set_lines(port, EF_DTR, EF_DTR, &err), &err);
	ck_ok(ef_port_set_baud(port, 460800, &err), &err);
	ck_ok(ef_port_discard(port, &err), &err);
	f.fails.read = EF_E_PORT;
	ck_fails(ef_port_read(port, buf, sizeof(buf), 0, &len, &err), &err, EF_E_PORT, "fails");
	ck_assert_uint_eq(port->rate_hz, 460800);
	ck_assert_uint_eq(port->lines, EF_DTR | EF_RTS);
	ef_port_close(port);
	ck_assert_uint_eq(f.closes, 1);
	ck_assert_str_eq(t.text,
			 "# port 303a:0000 115200 0 0 lines baud atomic\n"
			 "> c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0\n"
			 "> c0\n"
			 "< 4f4b\n"
			 "~ 12\n"
			 "! 0 1\n"
			 "! 1 1\n"
			 "@ 460800\n"
			 "# discard\n"
			 "# read PORT: the fake port fails\n");
}
END_TEST

/* ---- names ---- */

static const struct {
	const char *text;
	enum url_scheme scheme;
	const char *host, *service;
	bool ignores_control;
} urls[] = {
	{ "socket://127.0.0.1:5555", URL_SOCKET, "127.0.0.1", "5555", false },
	{ "rfc2217://host.example:2217", URL_RFC2217, "host.example", "2217", false },
	{ "RFC2217://h:1/", URL_RFC2217, "h", "1", false },
	{ "rfc2217://[::1]:65535", URL_RFC2217, "::1", "65535", false },
	{ "rfc2217://h:2217?ign_set_control", URL_RFC2217, "h", "2217", true },
	{ "rfc2217://h:2217/?timeout=10&ign_set_control&logging=debug", URL_RFC2217, "h", "2217",
	  true },
	{ "socket://h:1?logging=debug", URL_SOCKET, "h", "1", false },
	{ "socket://h:1?", URL_SOCKET, "h", "1", false },
};

START_TEST(urls_that_are_right)
{
	struct ef_err err = EF_ERR_INIT;
	struct port_url url;

	ck_assert(port_is_url(urls[_i].text));
	ck_ok(port_url_parse(urls[_i].text, &url, &err), &err);
	ck_assert_int_eq(url.scheme, urls[_i].scheme);
	ck_assert_str_eq(url.host, urls[_i].host);
	ck_assert_str_eq(url.service, urls[_i].service);
	ck_assert_int_eq(url.ignores_control, urls[_i].ignores_control);
}
END_TEST

static const struct {
	const char *text, *says;
} bad_urls[] = {
	{ "http://h:1", "only rfc2217:// and socket://" },
	{ "://h:1", "only" },
	{ "socket://", "host is missing" },
	{ "socket://:5", "host is missing" },
	{ "socket://h", "port number is missing" },
	{ "socket://h:", "port number is missing" },
	{ "socket://h:0", "not a number from 1" },
	{ "socket://h:65536", "not a number from 1" },
	{ "socket://h:99999999", "not a number from 1" },
	{ "socket://h:12x", "not a number from 1" },
	{ "socket://h:-1", "not a number from 1" },
	{ "socket://h:0x1", "not a number from 1" },
	{ "socket://::1:55", "brackets" },
	{ "socket://[::1]", "port number" },
	{ "socket://[::1", "port number" },
	{ "socket://[]:5", "host is missing" },
	{ "socket://h:1/path", "nothing may follow" },
	{ "socket://h:1?ign_set_control", "unknown option 'ign_set_control'" },
	{ "rfc2217://h:1?nonsense=1", "unknown option 'nonsense=1'" },
};

START_TEST(urls_that_are_wrong)
{
	struct ef_port_config config = { .rate_hz = 0 };
	struct ef_err err = EF_ERR_INIT;
	struct ef_port *port = NULL;

	ck_fails(ef_port_open(bad_urls[_i].text, &config, &port, &err), &err, EF_E_USAGE,
		 bad_urls[_i].says);
	ck_assert_ptr_null(port);
}
END_TEST

START_TEST(url_host_too_long)
{
	char text[400] = "socket://";
	struct ef_err err = EF_ERR_INIT;
	struct port_url url;

	memset(text + 9, 'a', 300);
	memcpy(text + 309, ":1", 3);
	ck_fails(port_url_parse(text, &url, &err), &err, EF_E_USAGE, "too long");
}
END_TEST

START_TEST(paths_are_no_urls)
{
	ck_assert(!port_is_url("/dev/ttyUSB0"));
	ck_assert(!port_is_url("COM3"));
	ck_assert(!port_is_url("/dev/odd://name"));
}
END_TEST

/* ---- devices that aren't there ---- */

static void open_fails(const char *name, const char *says, const char *hint)
{
	struct ef_port_config config = { .rate_hz = 0 };
	struct ef_err err = EF_ERR_INIT;
	struct ef_port *port = NULL;

	ck_assert(!ef_port_open(name, &config, &port, &err));
	ck_assert_ptr_null(port);
	ck_assert_msg(strstr(ck_hint(&err), hint) != NULL, "hint is '%s'", ck_hint(&err));
	ck_fails(false, &err, EF_E_PORT, says);
}

START_TEST(missing_devices)
{
	open_fails("/dev/ttyUSB_none", "no such port: '/dev/ttyUSB_none'", "list-ports");
	open_fails("ttyUSB_none", "no such port: '/dev/ttyUSB_none'", "list-ports");
	open_fails("/dev/null/x", "no such port", "list-ports");
	open_fails("/dev/null", "'/dev/null' is not a serial port", "");
	open_fails("/dev", "'/dev' is not a serial port", "");
	open_fails("null", "'/dev/null' is not a serial port", "");
}
END_TEST

START_TEST(empty_name)
{
	struct ef_port_config config = { .rate_hz = 0 };
	struct ef_err err = EF_ERR_INIT;
	struct ef_port *port = NULL;

	ck_fails(ef_port_open("", &config, &port, &err), &err, EF_E_USAGE, "empty");
}
END_TEST

static const struct {
	int errnum;
	const char *says, *hint;
} errnums[] = {
	{ 2 /* ENOENT */, "no such port", "list-ports" },
	{ 13 /* EACCES */, "no permission", "usermod -aG" },
	{ 16 /* EBUSY */, "busy", "fuser -v /dev/none" },
	{ 11 /* EAGAIN, from flock */, "busy", "close the other program" },
	{ 5 /* EIO */, "gone", "cable" },
	{ 6 /* ENXIO */, "gone", "cable" },
	{ 19 /* ENODEV */, "gone", "cable" },
	{ 25 /* ENOTTY */, "not a serial port", "" },
	{ 24 /* EMFILE */, "Too many open files", "" },
};

/* Numbers of Linux, by hand: the test is skipped elsewhere. */
START_TEST(errno_becomes_advice)
{
#ifdef __linux__
	struct ef_err err = EF_ERR_INIT;

	ck_assert(!host_fail_port(&err, "/dev/none", errnums[_i].errnum));
	ck_assert_msg(strstr(ck_hint(&err), errnums[_i].hint) != NULL, "hint is '%s'",
		      ck_hint(&err));
	ck_fails(false, &err, EF_E_PORT, errnums[_i].says);
#endif
}
END_TEST

/* ---- the list ---- */

START_TEST(names_sort_as_people_count)
{
	static const char *const sorted[] = {
		"/dev/ttyACM0", "/dev/ttyS1",	"/dev/ttyS2",	"/dev/ttyS10",
		"/dev/ttyUSB",	"/dev/ttyUSB0", "/dev/ttyusb1", "/dev/ttyUSB2",
		"/dev/ttyUSB02", "/dev/ttyUSB10", "COM",
	};

	for (size_t i = 0; i + 1 < LEN(sorted); i++) {
		for (size_t j = i + 1; j < LEN(sorted); j++) {
			/* a shorter spelling of the same number is only a tie-break */
			if (i == 7 && j == 8)
				continue;
			ck_assert_msg(port_name_compare(sorted[i], sorted[j]) < 0, "%s < %s",
				      sorted[i], sorted[j]);
			ck_assert_msg(port_name_compare(sorted[j], sorted[i]) > 0, "%s > %s",
				      sorted[j], sorted[i]);
		}
	}
	ck_assert_int_eq(port_name_compare("a1", "a1"), 0);
	ck_assert_int_ne(port_name_compare("/dev/ttyUSB2", "/dev/ttyUSB02"), 0);
}
END_TEST

START_TEST(listing_is_sorted_and_named)
{
	struct ef_port_info *list = NULL;
	struct ef_err err = EF_ERR_INIT;
	size_t count = 0;

	ck_ok(ef_port_list(&list, &count, &err), &err);
	for (size_t i = 0; i < count; i++) {
		ck_assert(list[i].name[0] != '\0');
		if (i > 0)
			ck_assert_int_lt(port_name_compare(list[i - 1].name, list[i].name), 0);
	}
	ef_port_list_free(list);
	ef_port_list_free(NULL);
}
END_TEST

START_TEST(known_ids_are_unique)
{
	size_t count = 0;

	for (const struct ef_usb_id *a = ef_known_usb_ids; a->vid; a++, count++) {
		ck_assert(a->name && a->name[0]);
		for (const struct ef_usb_id *b = a + 1; b->vid; b++)
			ck_assert_msg(a->vid != b->vid || a->pid != b->pid, "%04x:%04x twice",
				      a->vid, a->pid);
	}
	ck_assert_uint_ge(count, 30);
}
END_TEST

/* espflash 4.5 cli/serial.rs has the first three; the others are in its users' wish list (W-27). */
static const struct {
	uint16_t vid, pid;
	const char *name; /* NULL: not known */
} ids[] = {
	{ 0x10c4, 0xea60, "CP210x" }, { 0x1a86, 0x7523, "CH340" },
	{ 0x303a, 0x1001, "JTAG" },   { 0x1a86, 0x55d3, "CH343" },
	{ 0x1a86, 0x55d4, "CH9102" }, { 0x0403, 0x6001, "FT232R" },
	{ 0x0403, 0x6010, "FT2232" }, { 0x067b, 0x2303, "PL2303" },
	{ 0x303a, 0x0002, "OTG" },    { 0x303a, 0x8123, "Espressif" },
	{ 0x1d6b, 0x0002, NULL },     { 0, 0, NULL },
	{ 0x10c4, 0x1234, NULL },
};

START_TEST(ids_by_number)
{
	const struct ef_usb_id *id = ef_usb_known(ids[_i].vid, ids[_i].pid);

	ck_assert_int_eq(id != NULL, ids[_i].name != NULL);
	if (id)
		ck_assert_ptr_nonnull(strstr(id->name, ids[_i].name));
}
END_TEST

Suite *suite_port(void);
Suite *suite_port(void)
{
	Suite *s = suite_create("port");
	TCase *t = tcase_create("all");

	tcase_add_test(t, small_reads_cost_one_backend_read);
	tcase_add_test(t, discard_drops_the_buffer_too);
	tcase_add_test(t, lines_keep_what_is_not_masked);
	tcase_add_test(t, no_lines_and_no_rate_are_no_failure);
	tcase_add_test(t, deadline_is_now_plus_ms);
	tcase_add_test(t, a_bound_holds_whatever_the_limit);
	tcase_add_test(t, rates_are_close_within_three_percent);
	tcase_add_test(t, trace_writes_down_everything);
	tcase_add_loop_test(t, urls_that_are_right, 0, LEN(urls));
	tcase_add_loop_test(t, urls_that_are_wrong, 0, LEN(bad_urls));
	tcase_add_test(t, url_host_too_long);
	tcase_add_test(t, paths_are_no_urls);
	tcase_add_test(t, missing_devices);
	tcase_add_test(t, empty_name);
	tcase_add_loop_test(t, errno_becomes_advice, 0, LEN(errnums));
	tcase_add_test(t, names_sort_as_people_count);
	tcase_add_test(t, listing_is_sorted_and_named);
	tcase_add_test(t, known_ids_are_unique);
	tcase_add_loop_test(t, ids_by_number, 0, LEN(ids));
	suite_add_tcase(s, t);
	return s;
}
