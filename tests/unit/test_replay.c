/* SPDX-License-Identifier: MIT */
/*
 * Traces played as a port: sessions that this test records from the virtual board, the files
 * of tests/golden/trace, and the errors for deviations.
 */
#include <dirent.h>
#include <stdlib.h>

#include "base/util.h"
#include "flasher_rig.h"

#define TEXT_MAX (4u << 20)
#define APP_ADDR 0x10000u
#define APP_LEN  8192u

/* What the golden files wrote: "0000000\n0000001\n...", as tests/cli's counted() makes it. */
static void counted(uint8_t *data, size_t len)
{
	char line[16];

	for (size_t i = 0; i < len; i += 8) {
		(void)snprintf(line, sizeof(line), "%07zx\n", i / 8);
		memcpy(data + i, line, len - i < 8 ? len - i : 8);
	}
}

/* ---- sessions ---- */

struct session {
	bool no_stub, writes, reads;
	uint32_t rate_hz;
	const char *chip; /* NULL: any */
	char fails[24];   /* name of the code with which it ends; "": it succeeds */
};

static bool drop(void *user, const uint8_t *data, size_t len, struct ef_err *err)
{
	(void)user;
	(void)data;
	(void)len;
	(void)err;
	return true;
}

static bool work(struct ef_flasher *f, const struct session *s, struct ef_err *err)
{
	static uint8_t data[APP_LEN];
	const struct ef_write_opts opts = { .no_skip = false };
	const struct ef_region app = { .addr = APP_ADDR, .data = data, .len = sizeof(data) };
	struct ef_write_stats stats;

	counted(data, sizeof(data));
	return (!s->writes || plain_write(f, &app, 1, &opts, &stats, err)) &&
	       (!s->reads || ef_flasher_read(f, APP_ADDR, 4097, drop, NULL, err)) &&
	       ef_flasher_finish(f, EF_AFTER_HARD_RESET, err);
}

static bool play(struct ef_port *port, const struct session *s, const char *chip,
		 struct ef_err *err)
{
	const struct ef_connect_opts opts = { .no_stub = s->no_stub, .rate_hz = s->rate_hz };
	struct ef_flasher *f = NULL;
	bool ok = ef_flasher_connect(port, &opts, &f, err);

	if (ok && chip)
		ck_assert_str_eq(ef_flasher_device(f)->chip->name, chip);
	ok = ok && work(f, s, err);
	ef_flasher_close(f);
	return ok;
}

struct record {
	char *text;
	size_t len;
};

static void keep_line(void *user, const char *line)
{
	struct record *r = user;
	size_t len = strlen(line);

	ck_assert_uint_lt(r->len + len + 1, TEXT_MAX);
	memcpy(r->text + r->len, line, len);
	r->text[r->len + len] = '\n';
	r->len += len + 1;
}

static void record_session(const char *chip, const struct session *s, struct record *ret)
{
	const struct sim_opts opts = { .chip = chip };
	struct ef_port *traced = NULL;
	struct rig rig;

	ret->text = malloc(TEXT_MAX);
	ck_assert_ptr_nonnull(ret->text);
	ret->len = 0;
	rig_power(&rig, &opts);
	ck_ok(ef_port_trace(rig.port, keep_line, ret, &traced, &rig.err), &rig.err);
	rig.port = traced;
	ck_ok(play(rig.port, s, chip, &rig.err), &rig.err);
	rig_done(&rig);
}

static void replay_session(const char *text, size_t len, const struct session *s, const char *chip)
{
	struct ef_err err = EF_ERR_INIT;
	struct ef_port *port = NULL;
	bool ok;

	ck_ok(ef_port_replay(text, len, &port, &err), &err);
	ok = play(port, s, chip, &err);
	if (!*s->fails) {
		ck_ok(ok, &err);
		ck_ok(ef_port_replay_done(port, &err), &err);
	} else {
		ck_assert_msg(!ok, "it succeeds");
		ck_assert_msg(strcmp(ef_code_name(err.code), s->fails) == 0, "%s: %s",
			      ef_code_name(err.code), err.msg);
	}
	ef_port_close(port);
}

static const struct session kinds[] = {
	{ .no_stub = true, .writes = true, .reads = true },
	{ .writes = true, .reads = true, .rate_hz = 921600 },
};

/* Recorded and played again: every chip, with stub and without. */
START_TEST(round_trip)
{
	const struct session *s = &kinds[_i % 2];
	const char *chip = rig_chips[_i / 2];
	struct record rec;

	record_session(chip, s, &rec);
	replay_session(rec.text, rec.len, s, chip);
	free(rec.text);
}
END_TEST

/* A received byte is changed or missing: the session always ends, and never crashes. */
START_TEST(damaged)
{
	const struct session *s = &kinds[0];
	struct record rec;

	record_session("esp32c3", s, &rec);
	for (size_t at = 40; at < rec.len; at += rec.len / 97 + 1) {
		struct ef_err err = EF_ERR_INIT;
		struct ef_port *port = NULL;
		char old = rec.text[at];

		rec.text[at] = old == '5' ? '6' : '5';
		if (ef_port_replay(rec.text, rec.len, &port, &err)) {
			(void)!play(port, s, NULL, &err);
			ef_port_close(port);
		}
		rec.text[at] = old;
		err = (struct ef_err)EF_ERR_INIT;
		if (!ef_port_replay(rec.text, at - at % 70, &port, &err)) {
			ck_assert_int_eq(err.code, EF_E_INPUT);
			continue;
		}
		ck_assert(!play(port, s, NULL, &err));
		ef_port_close(port);
	}
	free(rec.text);
}
END_TEST

/* ---- golden files ---- */

/* "# session chip=esp32 no-stub baud=460800 write read fails=TIMEOUT": the first line of a file */
static void parse_session(const char *text, struct session *ret, char chip[24])
{
	char line[160], *word = line, *next;

	ck_assert_msg(strncmp(text, "# session", 9) == 0, "no '# session' in the first line");
	(void)snprintf(line, sizeof(line), "%.*s ", (int)strcspn(text + 9, "\n"), text + 9);
	*ret = (struct session){ .rate_hz = 0 };
	*chip = '\0';
	for (; *word; word = next) {
		next = word + strcspn(word, " ");
		while (*next == ' ')
			*next++ = '\0';
		ret->no_stub |= strcmp(word, "no-stub") == 0;
		ret->writes |= strcmp(word, "write") == 0;
		ret->reads |= strcmp(word, "read") == 0;
		if (strncmp(word, "baud=", 5) == 0)
			ck_assert(ef_parse_u32(word + 5, UINT32_MAX, &ret->rate_hz));
		if (strncmp(word, "fails=", 6) == 0)
			(void)snprintf(ret->fails, sizeof(ret->fails), "%s", word + 6);
		if (strncmp(word, "chip=", 5) == 0)
			(void)snprintf(chip, 24, "%s", word + 5);
	}
}

START_TEST(golden)
{
	static const char folder[] = EF_SOURCE_DIR "/tests/golden/trace";
	DIR *dir = opendir(folder);
	struct dirent *entry;
	unsigned count = 0;

	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir))) {
		const char *dot = strrchr(entry->d_name, '.');
		struct ef_buf file = EF_BUF_INIT(TEXT_MAX);
		struct ef_err err = EF_ERR_INIT;
		struct session s;
		char path[512], chip[24];

		if (!dot || strcmp(dot, ".trace") != 0)
			continue;
		ck_assert(ef_snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name));
		ck_ok(ef_file_read(path, &file, &err) && ef_buf_add(&file, "", 1, &err), &err);
		parse_session((const char *)file.data, &s, chip);
		printf("%s\n", entry->d_name);
		fflush(stdout);
		if (s.no_stub || ef_stub_count())
			replay_session((const char *)file.data, file.len - 1, &s,
				       *chip ? chip : NULL);
		ef_buf_release(&file);
		count++;
	}
	closedir(dir);
	ck_assert_uint_ge(count, 4);
}
END_TEST

/* ---- differences ---- */

static const uint8_t c0[] = { 0xc0, 0x01, 0xc0 };

static bool do_write(struct ef_port *p, struct ef_err *err)
{
	return ef_port_write(p, c0, sizeof(c0), 0, err);
}

static bool do_lines(struct ef_port *p, struct ef_err *err)
{
	return ef_port_set_lines(p, EF_DTR | EF_RTS, EF_DTR, err);
}

static bool do_rate(struct ef_port *p, struct ef_err *err)
{
	return ef_port_set_baud(p, 9600, err);
}

static bool do_read(struct ef_port *p, struct ef_err *err)
{
	uint8_t buf[8];
	size_t len;

	return ef_port_read(p, buf, sizeof(buf), ef_port_now_us(p) + 50000, &len, err);
}

static bool do_wait(struct ef_port *p, struct ef_err *err)
{
	uint8_t buf[8];
	size_t len;

	return ef_port_read(p, buf, sizeof(buf), UINT64_MAX, &len, err);
}

static bool do_reopen(struct ef_port *p, struct ef_err *err)
{
	return ef_port_reopen(p, ef_port_now_us(p) + 1000, err);
}

static const struct {
	const char *text;
	bool (*run)(struct ef_port *, struct ef_err *);
	enum ef_code code;
	const char *says;
} deeds[] = {
	{ "> c001c0\n", do_write, EF_OK, NULL },
	{ "> c0\n~ 3\n> 01c0\n", do_write, EF_OK, NULL },
	{ "< ff\n# discard\n> c001c0\n", do_write, EF_OK, NULL },
	{ "# hello\n\n> c001\n> c1\n", do_write, EF_E_INPUT,
	  "trace line 4: the program writes c0 as byte 1, the trace has c1" },
	{ "! 1 0\n", do_write, EF_E_INPUT,
	  "trace line 1: the program writes c0, the trace has '! 1 0'" },
	{ "> c001\n", do_write, EF_E_INPUT,
	  "after the end of the trace (line 1) the program still writes c0" },
	{ "> c001c0\n# write TIMEOUT: stuck\n", do_write, EF_E_TIMEOUT, "stuck" },
	{ "< 00\n! 1 0\n", do_lines, EF_OK, NULL },
	{ "! 0 1\n", do_lines, EF_E_INPUT,
	  "trace line 1: the program sets DTR and RTS to 1 0, the trace has '! 0 1'" },
	{ "! 1 0\n# lines PORT: gone\n", do_lines, EF_E_PORT, "gone" },
	{ "@ 9600\n", do_rate, EF_OK, NULL },
	{ "@ 9601\n", do_rate, EF_E_INPUT, "sets the rate to 9600, the trace has '@ 9601'" },
	{ "# read PORT: gone\n", do_read, EF_E_PORT, "gone" },
	{ "~ 51\n# read PORT: gone\n", do_read, EF_OK, NULL },
	{ "# read INTR:\n", do_read, EF_E_INTR, "" },
	{ "> 00\n", do_wait, EF_E_INPUT, "the program only waits, the trace has '> 00'" },
	{ "", do_wait, EF_E_INPUT, "after the end of the trace" },
	{ "% /dev/ttyUSB1\n", do_reopen, EF_OK, NULL },
	{ "# reopen PORT: not back\n", do_reopen, EF_E_PORT, "not back" },
	{ "> 00\n", do_reopen, EF_E_INPUT, "opens the port again" },
	{ "# port 0000:0000 115200 0 0 baud\n", do_lines, EF_OK, NULL },
	{ "# port 0000:0000 115200 0 0 lines\n", do_rate, EF_OK, NULL },
};

START_TEST(differences)
{
	struct ef_err err = EF_ERR_INIT, again = EF_ERR_INIT;
	struct ef_port *port = NULL;

	ck_ok(ef_port_replay(deeds[_i].text, strlen(deeds[_i].text), &port, &err), &err);
	if (deeds[_i].code == EF_OK) {
		ck_ok(deeds[_i].run(port, &err), &err);
	} else {
		ck_fails(deeds[_i].run(port, &err), &err, deeds[_i].code, deeds[_i].says);
	}
	/* what is lost stays lost, with the first difference */
	if (deeds[_i].code == EF_E_INPUT)
		ck_fails(do_read(port, &again), &again, EF_E_INPUT, err.msg);
	ef_port_close(port);
}
END_TEST

START_TEST(left_over)
{
	static const char text[] = "< 00\n> c001c0\n< 00\n# discard\n! 1 1\n";
	struct ef_err err = EF_ERR_INIT;
	struct ef_port *port = NULL;

	ck_ok(ef_port_replay(text, strlen(text), &port, &err), &err);
	ck_ok(do_write(port, &err), &err);
	ck_fails(ef_port_replay_done(port, &err), &err, EF_E_INPUT,
		 "trace line 5: the program is done, the trace has '! 1 1'");
	ef_port_close(port);
}
END_TEST

/* ---- time ---- */

START_TEST(time_passes)
{
	static const char text[] = "> c001c0\n~ 30\n< 0102\n< 03\n~ 5\n< 04\n# discard\n< 05\n";
	struct ef_err err = EF_ERR_INIT;
	struct ef_port *port = NULL;
	uint8_t buf[8];
	size_t len;

	ck_ok(ef_port_replay(text, strlen(text), &port, &err), &err);
	ck_ok(ef_port_sleep_us(port, 1000000, &err), &err);
	ck_ok(do_write(port, &err), &err);
	ck_ok(ef_port_read(port, buf, sizeof(buf), 1029999, &len, &err), &err);
	ck_assert_uint_eq(len, 0);
	ck_assert_uint_eq(ef_port_now_us(port), 1029999);
	ck_ok(ef_port_read(port, buf, 1, 1040000, &len, &err), &err);
	ck_assert_uint_eq(len, 1);
	ck_assert_uint_eq(ef_port_now_us(port), 1030000);
	ck_ok(ef_port_read(port, buf, sizeof(buf), 1040000, &len, &err), &err);
	ck_assert_uint_eq(len, 2);
	ck_assert_uint_eq(buf[1], 3);
	ck_ok(ef_port_discard(port, &err), &err);
	ck_ok(ef_port_read(port, buf, sizeof(buf), 1035000, &len, &err), &err);
	ck_assert_uint_eq(len, 1);
	ck_assert_uint_eq(buf[0], 5);
	ck_ok(ef_port_replay_done(port, &err), &err);
	ef_port_close(port);
}
END_TEST

START_TEST(facts)
{
	static const char text[] = "# port 303a:1001 9600 1 0 lines remote\n> c001c0\n"
				   "# port 303a:1001 9600 1 0 remote\n";
	struct ef_err err = EF_ERR_INIT;
	struct ef_port *port = NULL;

	ck_ok(ef_port_replay(text, strlen(text), &port, &err), &err);
	ck_assert_uint_eq(port->info.vid, EF_VID_ESPRESSIF);
	ck_assert_uint_eq(port->info.pid, EF_PID_USB_JTAG);
	ck_assert_int_eq(port->info.kind, EF_PORT_USB);
	ck_assert_uint_eq(port->caps, EF_PORT_HAS_LINES | EF_PORT_REMOTE);
	ck_assert_uint_eq(port->rate_hz, 9600);
	ck_assert_uint_eq(port->lines, EF_DTR);
	ck_ok(do_write(port, &err), &err);
	ck_assert_uint_eq(port->caps, EF_PORT_REMOTE);
	ef_port_close(port);
}
END_TEST

/* ---- texts that are not traces ---- */

static const struct {
	const char *text, *says;
} bad[] = {
	{ "> c0\n> c\n", "trace line 2: an odd number of hexadecimal digits" },
	{ "<\n", "trace line 1: an odd number of hexadecimal digits, or none" },
	{ "< zz\n", "trace line 1: not a hexadecimal digit" },
	{ "< c0 00\n", "trace line 1: an odd number" },
	{ "! 1\n", "trace line 1: not a line of a trace" },
	{ "! 1 2\n", "trace line 1: not a line of a trace" },
	{ "! 1 0 1\n", "trace line 1: not a line of a trace" },
	{ "@ fast\n", "trace line 1: not a line of a trace" },
	{ "@ 4294967296\n", "trace line 1: not a line of a trace" },
	{ "~ 1.5\n", "trace line 1: '~' needs whole milliseconds" },
	{ "~ 123456789012345678\n", "trace line 1: '~' needs" },
	{ "hello\n", "trace line 1: not a line of a trace" },
	{ "\r\n# port 303a\n", "trace line 2: '# port' with unknown words" },
};

START_TEST(no_trace)
{
	struct ef_err err = EF_ERR_INIT;
	struct ef_port *port = NULL;

	ck_fails(ef_port_replay(bad[_i].text, strlen(bad[_i].text), &port, &err), &err, EF_E_INPUT,
		 bad[_i].says);
	ck_assert_ptr_null(port);
}
END_TEST

Suite *suite_replay(void);
Suite *suite_replay(void)
{
	Suite *s = suite_create("replay");
	TCase *t = tcase_create("replay");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, round_trip, 0, 2 * RIG_CHIPS);
	tcase_add_test(t, damaged);
	tcase_add_test(t, golden);
	tcase_add_loop_test(t, differences, 0, (int)(sizeof(deeds) / sizeof(deeds[0])));
	tcase_add_test(t, left_over);
	tcase_add_test(t, time_passes);
	tcase_add_test(t, facts);
	tcase_add_loop_test(t, no_trace, 0, (int)(sizeof(bad) / sizeof(bad[0])));
	suite_add_tcase(s, t);
	return s;
}
