/* SPDX-License-Identifier: MIT */
/*
 * A whole monitor on a port that does anything: it pauses, fails, returns, and
 * gets lent to another program. Options add defmt, backtraces, a filter,
 * patterns and typing. The monitor has to end with one of its codes, and its
 * events have to be text.
 *
 * The first byte picks the options. Then each step begins with a control byte:
 * the low six bits are the number of bytes from the chip, the high two an event.
 */
#define _DEFAULT_SOURCE /* syscall */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/defmt_again.h"
#include "fuzz/no_wait.h"
#include <espflash/monitor.h>
#include "rig/fake_port.h"

enum {
	WITH_DEFMT = 1,
	WITH_SYMBOLS = 2,
	WITH_FILTER = 4,
	WITH_UNTIL = 8,
	WITH_ENDS = 16,
	ON_TTY = 32
};

struct chip {
	struct fake_port port; /* first */
	const uint8_t *data;
	size_t size;
	volatile sig_atomic_t stop;
	bool is_gone;
	unsigned lent; /* turns until the port is back */
	bool was_lent, is_ended;
};

static struct chip *chip_of(struct ef_port *port)
{
	return (struct chip *)(void *)port;
}

static bool chip_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		      size_t *ret_len, struct ef_err *err)
{
	struct chip *c = chip_of(port);
	size_t len;
	uint8_t how;

	*ret_len = 0;
	if (c->size == 0) {
		c->stop = 1;
		return true;
	}
	how = *c->data++;
	c->size--;
	len = how & 63;
	if (len > c->size)
		len = c->size;
	if (len > cap)
		len = cap;
	memcpy(buf, c->data, len);
	c->data += len;
	c->size -= len;
	*ret_len = len;
	if (how >> 6 == 1) /* a pause, of one second if the chip sent nothing */
		c->port.now_us = deadline_us + (len ? 0 : 1000000u);
	if (how >> 6 == 2)
		c->lent = c->was_lent ? 0 : 2; /* once: the monitor sleeps meanwhile */
	if (how >> 6 == 3 && len < 8) {
		c->is_gone = true;
		return ef_fail(err, len < 6 ? EF_E_PORT : EF_E_IO, "gone");
	}
	c->port.now_us += 100;
	return true;
}

static bool chip_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		       struct ef_err *err)
{
	(void)data;
	chip_of(port)->port.now_us += len;
	if (len % 13 != 12)
		return true;
	chip_of(port)->port.now_us = deadline_us;
	return ef_fail(err, EF_E_TIMEOUT, "it takes nothing");
}

static bool chip_reopen(struct ef_port *port, uint64_t deadline_us, struct ef_err *err)
{
	(void)err;
	chip_of(port)->port.now_us = deadline_us;
	chip_of(port)->is_gone = false;
	return true;
}

static void on_event(void *user, const struct ef_monitor_event *e)
{
	struct chip *c = user;

	CHECK(!c->is_ended && e->text && strcmp(ef_monitor_event_name(e->kind), "unknown") != 0);
	c->is_ended = e->kind == EF_MONITOR_END;
	if (e->kind != EF_MONITOR_TEXT)
		return;
	CHECK(strchr("EWIDV", e->level) && e->tag);
	for (const char *p = e->text; *p; p++)
		CHECK(((unsigned char)*p >= 0x20 && *p != 0x7f) || strchr("\t\r\b", *p));
}

static void on_idle(void *user, struct ef_monitor *m)
{
	struct chip *c = user;

	if (c->lent == 1)
		ef_monitor_set_port(m, &c->port.base);
	else if (c->lent > 1 && !c->is_gone)
		ef_monitor_set_port(m, NULL), c->was_lent = true;
	if (c->lent > 0)
		c->lent--;
}

/* ---- what it decodes with ---- */

static size_t load(const char *name, uint8_t *room, size_t cap)
{
	char path[512];
	size_t len;
	FILE *f;

	CHECK(ef_snprintf(path, sizeof(path), EF_SOURCE_DIR "/tests/golden/%s", name));
	f = fopen(path, "rb");
	if (!f)
		return 0;
	len = fread(room, 1, cap, f);
	fclose(f);
	return len;
}

static struct ef_symbols *symbols(void)
{
	static uint8_t elf[65536];
	static struct ef_symbols *s;
	struct ef_symbols_elf one = { elf, 0, "os.elf", false };
	struct ef_err err = EF_ERR_INIT;

	if (!s) {
		one.len = load("unwind/os.elf", elf, sizeof(elf));
		CHECK(one.len == 0 || ef_symbols_open(&one, 1, &s, &err));
	}
	return s;
}

static struct ef_defmt *defmt(void)
{
	static uint8_t elf[262144];
	static size_t len;

	if (len == 0)
		len = load("defmt/cases.elf", elf, sizeof(elf));
	return len ? defmt_again(elf, len) : NULL;
}

/* How records look is the same in every run. */
static struct ef_defmt_format *format(void)
{
	static struct ef_defmt_format *f;
	struct ef_err err = EF_ERR_INIT;

	CHECK(f || ef_defmt_format_parse("oneline", &f, &err));
	return f;
}

static void run(struct chip *c, unsigned with, int typed, int null)
{
	static const char *const until[] = { "^ready$", "[0-9]> $" };
	static const char *const fail[] = { "E \\(" };
	const struct ef_decoder_opts decoder = { .symbols = symbols() };
	struct ef_monitor_opts opts = EF_MONITOR_OPTS_INIT;
	struct ef_err err = EF_ERR_INIT;
	bool ok;

	opts.decoding.defmt = with & WITH_DEFMT ? defmt() : NULL;
	opts.decoding.format = format();
	opts.decoding.decoder = with & WITH_SYMBOLS && decoder.symbols ? &decoder : NULL;
	opts.output.filter = with & WITH_FILTER ? "*:W,wifi:D,b:N" : NULL;
	opts.ends.until = until;
	opts.ends.fail = fail;
	opts.ends.until_count = with & WITH_UNTIL ? 2 : 0;
	opts.ends.until_mode = (enum ef_until_mode)(c->size % 3);
	opts.ends.fail_count = with & WITH_UNTIL ? 1 : 0;
	opts.ends.timeout_ms = with & WITH_ENDS ? 60000 : 0;
	opts.ends.loop_resets = 3;
	opts.ends.loop_time_ms = 30000;
	opts.output.stamp = (enum ef_stamp)(with >> 6);
	opts.output.has_color = opts.output.is_ascii = opts.input.has_echo = with & ON_TTY;
	opts.input.eol = with & ON_TTY ? EF_EOL_CRLF : EF_EOL_DEFAULT;
	opts.input.fd = typed;
	opts.output.fd = opts.log.fd = null;
	opts.interrupt = &c->stop;
	opts.event = on_event;
	opts.idle = on_idle;
	opts.user = c;
	ok = ef_monitor_run(&c->port.base, &opts, &err);
	CHECK(c->is_ended && ok == (err.code == EF_OK));
	CHECK(ok || err.code == EF_E_IO || err.code == EF_E_INTR || err.code == EF_E_NOT_STARTED ||
	      (err.code >= EF_E_FAIL_SEEN && err.code <= EF_E_UNMET));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct chip c;
	int typed[2], null;

	if (size < 1)
		return 0;
	null = open("/dev/null", O_WRONLY);
	CHECK(null >= 0 && pipe(typed) == 0);
	CHECK(write(typed[1], data, size < 256 ? size : 256) > 0);
	close(typed[1]);
	memset(&c, 0, sizeof(c));
	fake_init(&c.port, 0);
	c.port.ops.read = chip_read;
	c.port.ops.write = chip_write;
	c.port.ops.reopen = chip_reopen;
	c.data = data + 1;
	c.size = size - 1;
	run(&c, data[0], typed[0], null);
	close(typed[0]);
	close(null);
	return 0;
}
