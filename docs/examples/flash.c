/* SPDX-License-Identifier: MIT */
/*
 * Writes a file to 0x10000, where apps live: flash PORT FILE
 *
 *	cc -o flash flash.c $(pkg-config --static --cflags --libs espflash)
 */
#include <stdio.h>

#include <espflash/flasher.h>

/* The library prints nothing. What a user should see arrives here. */
static void on_event(void *user, const struct ef_event *e)
{
	(void)user;
	if (e->kind == EF_EVENT_PROGRESS && e->total)
		printf("%s: %3u %%\n", e->label, (unsigned)(100 * e->done / e->total));
	else if (e->kind == EF_EVENT_SKIPPED)
		printf("%s: is in flash already\n", e->label);
	else if (e->kind == EF_EVENT_WARN)
		printf("warning: %s\n", e->text);
}

static bool flash(struct ef_port *port, const struct ef_region *region, struct ef_err *err)
{
	const struct ef_plan_region file = { .region = *region };
	const struct ef_plan plan = { .regions = &file, .region_count = 1 };
	const struct ef_checked *checked;
	const struct ef_connect_opts opts = { .rate_hz = 460800, .event = on_event };
	const struct ef_write_opts write_opts = { .no_skip = false };
	struct ef_write_stats stats;
	struct ef_flasher *flasher;
	const struct ef_device *dev;
	bool ok;

	if (!ef_flasher_connect(port, &opts, &flasher, err))
		return false;
	dev = ef_flasher_device(flasher);
	printf("%s with %u KiB of flash\n", dev->chip->label, dev->flash_size / 1024);
	/* refuses content that would not start: an image for another chip, a damaged one, a text */
	ok = ef_flasher_check(flasher, &plan, false, NULL, &checked, err) &&
	     ef_flasher_write(flasher, checked, &write_opts, &stats, err) &&
	     ef_flasher_finish(flasher, EF_AFTER_HARD_RESET, err);
	ef_flasher_close(flasher);
	return ok;
}

int main(int argc, char **argv)
{
	static uint8_t content[4u << 20];
	struct ef_region region = { .addr = 0x10000, .data = content, .label = "app" };
	const struct ef_port_config config = { .rate_hz = 115200 };
	struct ef_err err = EF_ERR_INIT;
	struct ef_port *port;
	FILE *file = argc == 3 ? fopen(argv[2], "rb") : NULL;
	bool ok;

	if (!file) {
		(void)fprintf(stderr, "usage: flash PORT FILE\n");
		return 2;
	}
	region.len = (uint32_t)fread(content, 1, sizeof(content), file);
	(void)fclose(file);
	if ((ok = ef_port_open(argv[1], &config, &port, &err))) {
		ok = flash(port, &region, &err);
		ef_port_close(port);
	}
	if (!ok)
		(void)fprintf(stderr, "%s\n%s: %s\n", err.msg, ef_hint_name(err.hint.id),
			      ef_hint_meaning(err.hint.id));
	return ok ? 0 : ef_code_exit_status(err.code);
}
