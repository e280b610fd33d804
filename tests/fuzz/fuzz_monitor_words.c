/* SPDX-License-Identifier: MIT */
/*
 * The monitor's pure parts: any text as a list of keys, a filter and key
 * presses; any bytes as lines, log lines, crashes and reset reasons.
 */
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "monitor/boot_loop.h"
#include "monitor/crash.h"
#include "monitor/keys.h"
#include "monitor/line.h"
#include "monitor/logline.h"
#include "rig/fuzz_check.h"

/* What is taken as keys can be named, and what is named means the same. */
static void check_keys(const char *text, const uint8_t *data, size_t size)
{
	struct keys k = { .set = keys_default };
	struct ef_err err = EF_ERR_INIT;
	char set[EF_MONITOR_KEYS_MAX], again[EF_MONITOR_KEYS_MAX], name[64], help[1024];
	bool has_menu = false;

	if (ef_monitor_keys_parse(text, set, &err)) {
		char list[64] = "";
		size_t len = 0;

		for (size_t i = 0; i < EF_MONITOR_KEYS_MAX && set[i]; i++) {
			CHECK(set[i] != '\r' && set[i] != 0x1b);
			len += (size_t)snprintf(list + len, sizeof(list) - len, "%s^%c",
						i ? "," : "", set[i] == 0x7f ? '?' : set[i] | 0x40);
		}
		CHECK(ef_monitor_keys_parse(list, again, &err));
		CHECK(memcmp(set, again, sizeof(set)) == 0);
		keys_name(set, name, sizeof(name));
		CHECK((name[0] != '\0') == (set[0] != '\0'));
		memcpy(k.set.loader, set, sizeof(set));
	} else {
		CHECK(err.code == EF_E_USAGE);
	}
	CHECK(keys_help(&k.set, true, help, sizeof(help)) == strlen(help));
	for (size_t i = 0; i < size; i++) {
		enum key_action a = keys_feed(&k, data[i]);

		CHECK(k.in_menu == (a == KEY_NOTHING));
		has_menu = has_menu || k.in_menu;
		/* text is always sent */
		if (data[i] >= 0x20 && data[i] != 0x7f && !has_menu)
			CHECK(a == KEY_SEND);
	}
}

static void check_line(const char *text, size_t len, const struct tag_filter *filter)
{
	char plain[LINE_SIZE];
	struct ef_console_event event;
	struct reset reset;
	size_t n = line_plain(text, len, plain);
	struct log_line log;

	CHECK(n <= len && n < sizeof(plain) && plain[n] == '\0');
	log_line_parse(plain, n, &log);
	if (log.level) {
		CHECK(strchr("EWIDV", log.level));
		CHECK(log.tag_len == 0 || (log.tag >= plain && log.tag + log.tag_len <= plain + n));
	}
	(void)tag_filter_passes(filter, &log);
	(void)log_line_color(log.level);
	ef_console_classify(plain, strlen(plain), &event);
	(void)is_panic(&event);
	(void)is_panic_end(&event);
	if (read_reset(&event, &reset))
		CHECK(reset.reason[0]);
}

/* Every byte is in one line, and in one only. */
static void check_lines(const uint8_t *data, size_t size, const struct tag_filter *filter)
{
	static struct line line; /* its text is larger than most inputs */
	struct line *l = &line;
	size_t used = 0, in_lines = 0, ends = 0;

	l->len = l->shown = 0;
	l->is_new = true;
	while (used < size) {
		bool is_end, is_cut;
		size_t n = line_feed(l, data + used, size - used, used, &is_end, &is_cut);

		CHECK(n > 0 || is_cut);
		CHECK(n <= size - used && l->len < LINE_SIZE);
		used += n;
		if (!is_end)
			continue;
		in_lines += l->len;
		ends += !is_cut;
		check_line(l->text, l->len, filter);
		line_next(l, is_cut);
	}
	CHECK(in_lines + ends + l->len == size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tag_filter filter = { .count = 0 };
	struct boot_loop loop = { .count = 0 };
	struct ef_err err = EF_ERR_INIT;
	size_t len = size < 255 ? size : 255;
	char text[256];

	memcpy(text, data, len);
	text[len] = '\0';
	check_keys(text, data, size);
	if (!tag_filter_parse(text, &filter, &err)) {
		CHECK(err.code == EF_E_USAGE);
		filter.count = 0;
	}
	check_lines(data, size, &filter);
	for (size_t i = 0; i + 1 < len; i++)
		if (boot_loop_reset(&loop, i * 1000u, data[0] % 40u, data[i + 1] * 100u))
			CHECK(loop.count == 0 && data[0] % 40u);
	return 0;
}
