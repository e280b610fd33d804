/* SPDX-License-Identifier: MIT */
/* Collects what a run does to the chip, region by region, as JSON. */
#include "cli/board/work.h"

#include "base/text.h"
#include "cli/board/device.h"
#include "cli/ui/ui.h"

struct json_out *work_begin(struct cli *cli, const struct ef_device *dev, uint32_t flash_size)
{
	if (!cli->is_json)
		return NULL;
	json_free(cli->work);
	cli->work = json_new(cli->command);
	json_text(cli->work, "chip", dev->chip->name);
	device_mac_json(cli->work, dev);
	if (flash_size)
		json_number(cli->work, "flash_size", flash_size);
	else
		json_null(cli->work, "flash_size");
	return cli->work;
}

void work_region(struct cli *cli, uint32_t addr, uint64_t size, const char *label,
		 const char *result)
{
	if (!cli->work)
		return;
	json_begin_object(cli->work, NULL);
	json_number(cli->work, "address", addr);
	if (size)
		json_number(cli->work, "size", size);
	else
		json_null(cli->work, "size");
	json_text(cli->work, "label", *label ? label : NULL);
	json_text(cli->work, "result", result);
	json_end(cli->work);
}

void work_event(struct cli *cli, const struct ef_event *e)
{
	switch (e->kind) {
	case EF_EVENT_SKIPPED:
		work_region(cli, e->addr, e->total, e->label, "skipped");
		break;
	case EF_EVENT_VERIFIED:
		work_region(cli, e->addr, e->total, e->label, "verified");
		break;
	case EF_EVENT_WRITTEN:
		work_region(cli, e->addr, e->total, e->label, "written");
		break;
	case EF_EVENT_ENCRYPTED:
		work_region(cli, e->addr, e->total, e->label, "encrypted");
		break;
	case EF_EVENT_INFO:
	case EF_EVENT_WARN:
	case EF_EVENT_PROGRESS:
		break;
	}
}

void work_stats(struct cli *cli, const struct ef_write_stats *stats)
{
	struct json_out *j = cli->work;

	json_end(j);
	json_number(j, "written_bytes", stats->bytes);
	json_number(j, "wire_bytes", stats->wire_bytes);
	json_number(j, "skipped_bytes", stats->skipped);
	json_number(j, "sectors", stats->sectors);
	json_number(j, "written_sectors", stats->written_sectors);
	work_seconds(cli, stats->elapsed_us);
}

void work_seconds(struct cli *cli, uint64_t us)
{
	json_real(cli->work, "seconds", (double)us / 1e6);
}

bool work_end(struct cli *cli, bool ok, struct ef_err *err)
{
	struct ef_err ignored = EF_ERR_INIT;
	struct json_out *j = cli->work;

	if (!j)
		return ok;
	cli->work = NULL;
	/* An error that happened before is more important. */
	return ui_result(cli, j, ok ? err : &ignored) && ok;
}

void work_print_stats(struct cli *cli, const struct ef_write_stats *stats)
{
	char bytes[EF_NUMBER_SIZE], wire[EF_NUMBER_SIZE], skipped[EF_NUMBER_SIZE];
	double seconds = (double)stats->elapsed_us / 1e6;

	ef_number(bytes, stats->bytes);
	ef_number(wire, stats->wire_bytes);
	ef_number(skipped, stats->skipped);
	ui_log(cli, EF_LOG_INFO,
	       "[flash] %s bytes written (%s sent) in %.1f s, %.1f kbit/s; %s bytes skipped", bytes,
	       wire, seconds,
	       stats->elapsed_us ? (double)stats->bytes * 8.0 / 1000.0 / seconds : 0.0, skipped);
}
