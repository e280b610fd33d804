/* SPDX-License-Identifier: MIT */
/* Prints doctor's report: as text for a bug report, or as JSON. */
#include <inttypes.h>
#include <string.h>

#include "cli/cmd/cmd_doctor.h"
#include "cli/board/device.h"
#include "cli/ui/connect_json.h"
#include "cli/table/hint_words.h"
#include "cli/ui/ui.h"
#include "cli/table/verdict_words.h"
#include "base/util.h"

/* Write the strapping pins as "GPIO9 low, GPIO8 high". */
static void straps_text(const struct doctor *d, char *ret, size_t cap)
{
	const struct ef_strap_pin *pin = d->dev.chip->strap.pins;

	ret[0] = '\0';
	for (size_t i = 0; i < EF_STRAP_PINS && pin[i].mask; i++) {
		size_t len = strlen(ret);

		(void)ef_snprintf(ret + len, cap - len, "%s%s %s", len ? ", " : "", pin[i].name,
				  d->straps.value & pin[i].mask ? "high" : "low");
	}
}

/* ---- text ---- */

static void print_host(FILE *out, const struct doctor *d, const char *version)
{
	const struct ef_host_facts *h = &d->host;

	fprintf(out, "espflash-c:        %s\n", version);
	fprintf(out, "Host:              %s%s%s%s%s\n", h->system, h->distribution[0] ? ", " : "",
		h->distribution, h->is_wsl ? ", WSL" : "", h->is_container ? ", container" : "");
	if (h->is_wsl)
		fputs("                   in WSL a USB device has to be attached: usbipd attach "
		      "--wsl\n",
		      out);
	if (h->has_brltty)
		fputs("Running:           brltty, which takes CH340 and CP210x ports: remove it\n",
		      out);
	if (h->has_modem_manager)
		fputs("Running:           ModemManager, which tries new ports for some seconds\n",
		      out);
}

static void print_port(FILE *out, const struct doctor *d)
{
	const struct ef_host_facts *h = &d->host;

	fprintf(out, "Port:              %s\n", d->port[0] ? d->port : "none");
	if (!d->port[0])
		return;
	if (h->real_path[0] && strcmp(h->real_path, d->port) != 0)
		fprintf(out, "  device:          %s\n", h->real_path);
	if (h->exists)
		fprintf(out, "  permissions:     %04o %s:%s, %s%s\n", h->mode, h->owner, h->group,
			h->may_open ? "may be opened" : "may not be opened",
			h->is_in_group ? "" : ", you are not in its group");
	if (d->holder[0])
		fprintf(out, "  held by:         %s\n", d->holder);
	if (h->driver[0])
		fprintf(out, "  driver:          %s\n", h->driver);
	if (h->usb_path[0])
		fprintf(out, "  USB:             %s, %s%s%u hub%s between\n", h->usb_path,
			h->usb_speed, h->usb_speed[0] ? " Mbit/s, " : "", h->usb_hubs,
			h->usb_hubs == 1 ? "" : "s");
	if (d->is_open && d->info.vid)
		fprintf(out, "  adapter:         %04x:%04x %s %s, serial number %s\n", d->info.vid,
			d->info.pid, d->info.manufacturer, d->info.product,
			d->info.serial[0] ? d->info.serial : "none");
	if (h->latency_ms >= 0)
		fprintf(out, "  latency timer:   %d ms%s\n", h->latency_ms,
			h->latency_ms > 2 ? " (slow: set it to 1)" : "");
}

static void print_tries(FILE *out, const struct doctor *d)
{
	for (size_t i = 0; i < d->try_count; i++) {
		const struct doctor_try *t = &d->tries[i];

		fprintf(out, "  %-17s%s after %" PRIu64 " ms", t->strategy,
			t->is_ok ? "connects" : "fails", t->took_us / 1000);
		if (t->first_us)
			fprintf(out, ", %" PRIu64 " bytes, the first after %" PRIu64 " ms",
				t->bytes, t->first_us / 1000);
		if (!t->is_ok)
			fprintf(out, " (%s)", ef_verdict_info(t->seen)->name);
		fputc('\n', out);
	}
}

static void print_attempts(FILE *out, const struct ef_evidence *ev)
{
	for (unsigned i = 0; i < ev->attempts; i++) {
		const struct ef_attempt *a = &ev->attempt[i];

		fprintf(out,
			"  %6" PRIu64 " ms: %s at %" PRIu32 " baud, %u SYNCs, %" PRIu64 " bytes",
			a->start_us / 1000, a->strategy[0] ? a->strategy : "no reset", a->rate_hz,
			a->syncs, a->bytes);
		if (a->bytes)
			fprintf(out, ", the first after %" PRIu64 " ms (%s)", a->first_us / 1000,
				ef_verdict_info(a->seen)->name);
		fputc('\n', out);
	}
}

static void print_flash_id(FILE *out, const struct doctor *d)
{
	uint32_t id = d->dev.flash_id;

	if (d->dev.is_secure_download)
		fputs("Flash id:          not readable in secure download mode\n", out);
	else if (d->dev.no_flash)
		fprintf(out, "Flash id:          0x%06" PRIx32 ": the flash does not answer\n", id);
	else /* JEDEC's order: manufacturer, memory type, capacity */
		fprintf(out,
			"Flash id:          0x%06" PRIx32 " (manufacturer %02" PRIx32
			", device %02" PRIx32 "%02" PRIx32 ")\n",
			id, id & 0xff, id >> 8 & 0xff, id >> 16 & 0xff);
}

static void print_chip(FILE *out, const struct doctor *d)
{
	char pins[160];

	device_print(out, &d->dev, d->dev.flash_size);
	if (d->straps.is_known) {
		straps_text(d, pins, sizeof(pins));
		fprintf(out, "Straps:            0x%02x (%s)\n", d->straps.value, pins);
	}
	print_flash_id(out, d);
	if (d->reads.was_tried)
		fprintf(out, "Flash reads:       %s\n",
			d->reads.is_stable ? "match the chip's MD5"
					   : "DO NOT match the chip's MD5");
}

static void print_rates(FILE *out, const struct doctor *d)
{
	for (size_t i = 0; i < d->rate_count; i++) {
		const struct doctor_rate *r = &d->rates[i];
		unsigned good = r->asked - (r->lost < r->asked ? r->lost : r->asked);

		if (!r->is_reached) {
			fprintf(out, "  %8" PRIu32 " baud    not reached\n", r->rate_hz);
			continue;
		}
		fprintf(out, "  %8" PRIu32 " baud    %u of %u lost", r->rate_hz, r->lost, r->asked);
		if (good)
			fprintf(out, ", round trip %.1f ms (%.1f to %.1f)",
				(double)r->sum_us / good / 1000.0, (double)r->min_us / 1000.0,
				(double)r->max_us / 1000.0);
		if (r->bytes_per_s)
			fprintf(out, ", reads %" PRIu32 " kB/s", r->bytes_per_s / 1000);
		fputc('\n', out);
	}
	if (d->best_hz && d->rate_count > 1)
		fprintf(out, "Highest safe rate: %" PRIu32 " baud\n", d->best_hz);
}

static void print_verdict(FILE *out, const struct doctor *d)
{
	char next[HINT_WORDS_SIZE];

	if (d->err.code == EF_OK) {
		const struct ef_verdict_info *v = ef_verdict_info(device_verdict(&d->dev));

		if (v->verdict == EF_VERDICT_NONE) {
			fputs("Verdict:           the board connects\n", out);
			return;
		}
		fprintf(out, "Verdict:           %s: the board connects; %s\n", v->name, v->what);
		fprintf(out, "Next:              %s\n", verdict_words(v->verdict)->next);
		return;
	}
	if (d->report && d->report->verdict != EF_VERDICT_NONE)
		fprintf(out, "Verdict:           %s: %s\n",
			ef_verdict_info(d->report->verdict)->name, d->err.msg);
	else
		fprintf(out, "Verdict:           %s\n", d->err.msg);
	hint_words(&d->err.hint, "espflash-c", next);
	if (*next)
		fprintf(out, "Next:              %s\n", next);
}

void doctor_print(FILE *out, const struct doctor *d, const char *version)
{
	print_host(out, d, version);
	print_port(out, d);
	if (d->report) {
		fputs("Connecting:\n", out);
		print_attempts(out, &d->report->evidence);
	}
	if (d->is_connected) {
		print_chip(out, d);
		if (d->try_count)
			fputs("Reset sequences, each alone:\n", out);
		print_tries(out, d);
		if (d->rate_count)
			fputs("The line:\n", out);
		print_rates(out, d);
		if (d->limit.is_over)
			fprintf(out,
				"Time limit:        %u s have passed; the remaining checks "
				"were not run\n",
				d->limit.s);
	}
	print_verdict(out, d);
	(void)fflush(out);
}

/* ---- JSON ---- */

static void json_host(struct json_out *j, const struct doctor *d, const char *version)
{
	const struct ef_host_facts *h = &d->host;
	char mode[16];

	json_text(j, "version", version);
	json_begin_object(j, "host");
	json_text(j, "system", h->system);
	json_text(j, "distribution", h->distribution[0] ? h->distribution : NULL);
	json_bool(j, "wsl", h->is_wsl);
	json_bool(j, "container", h->is_container);
	json_bool(j, "brltty", h->has_brltty);
	json_bool(j, "modem_manager", h->has_modem_manager);
	json_end(j);
	json_begin_object(j, "port");
	json_text(j, "name", d->port[0] ? d->port : NULL);
	json_bool(j, "open", d->is_open);
	json_text(j, "device", h->real_path[0] ? h->real_path : NULL);
	json_bool(j, "may_open", h->may_open);
	(void)ef_snprintf(mode, sizeof(mode), "%04o", h->mode);
	json_text(j, "mode", h->exists ? mode : NULL);
	json_text(j, "owner", h->owner[0] ? h->owner : NULL);
	json_text(j, "group", h->group[0] ? h->group : NULL);
	json_bool(j, "in_group", h->is_in_group);
	json_text(j, "held_by", d->holder[0] ? d->holder : NULL);
	json_text(j, "driver", h->driver[0] ? h->driver : NULL);
	json_text(j, "usb_path", h->usb_path[0] ? h->usb_path : NULL);
	json_text(j, "usb_speed_mbit", h->usb_speed[0] ? h->usb_speed : NULL);
	json_number(j, "usb_hubs", h->usb_hubs);
	json_number(j, "vid", d->info.vid);
	json_number(j, "pid", d->info.pid);
	json_text(j, "manufacturer", d->info.manufacturer[0] ? d->info.manufacturer : NULL);
	json_text(j, "product", d->info.product[0] ? d->info.product : NULL);
	json_text(j, "serial", d->info.serial[0] ? d->info.serial : NULL);
	if (h->latency_ms >= 0)
		json_number(j, "latency_timer_ms", (uint64_t)h->latency_ms);
	else
		json_null(j, "latency_timer_ms");
	json_end(j);
}

static void json_tries(struct json_out *j, const struct doctor *d)
{
	json_begin_array(j, "strategies");
	for (size_t i = 0; i < d->try_count; i++) {
		const struct doctor_try *t = &d->tries[i];

		json_begin_object(j, NULL);
		json_text(j, "strategy", t->strategy);
		json_bool(j, "connects", t->is_ok);
		json_number(j, "took_ms", t->took_us / 1000);
		json_number(j, "bytes", t->bytes);
		if (t->first_us)
			json_number(j, "first_byte_ms", t->first_us / 1000);
		else
			json_null(j, "first_byte_ms");
		json_text(j, "seen", t->is_ok ? NULL : ef_verdict_info(t->seen)->name);
		json_end(j);
	}
	json_end(j);
}

static void json_rates(struct json_out *j, const struct doctor *d)
{
	json_begin_array(j, "rates");
	for (size_t i = 0; i < d->rate_count; i++) {
		const struct doctor_rate *r = &d->rates[i];
		unsigned good = r->asked - (r->lost < r->asked ? r->lost : r->asked);

		json_begin_object(j, NULL);
		json_number(j, "baud", r->rate_hz);
		json_bool(j, "reached", r->is_reached);
		json_number(j, "asked", r->asked);
		json_number(j, "lost", r->lost);
		json_real(j, "round_trip_ms", good ? (double)r->sum_us / good / 1000.0 : 0.0);
		json_real(j, "round_trip_min_ms", (double)r->min_us / 1000.0);
		json_real(j, "round_trip_max_ms", (double)r->max_us / 1000.0);
		json_number(j, "read_bytes_per_s", r->bytes_per_s);
		json_end(j);
	}
	json_end(j);
	if (d->best_hz)
		json_number(j, "highest_safe_baud", d->best_hz);
	else
		json_null(j, "highest_safe_baud");
}

bool doctor_json(struct cli *cli, const struct doctor *d, struct ef_err *err)
{
	struct json_out *j = json_new(cli->command);
	char pins[160];

	json_host(j, d, cli->program->version);
	if (d->is_connected) {
		json_begin_object(j, "device");
		device_json(j, &d->dev);
		straps_text(d, pins, sizeof(pins));
		json_text(j, "straps", d->straps.is_known ? pins : NULL);
		if (d->straps.is_known)
			json_number(j, "strap_register", d->straps.value);
		else
			json_null(j, "strap_register");
		if (d->reads.was_tried)
			json_bool(j, "reads_match_md5", d->reads.is_stable);
		else
			json_null(j, "reads_match_md5");
		json_end(j);
	} else {
		json_null(j, "device");
	}
	json_tries(j, d);
	json_rates(j, d);
	json_bool(j, "connected", d->is_connected);
	json_bool(j, "cut_short", d->limit.is_over);
	/* an error is added to this object when the run ends */
	if (d->report)
		attempts_json(j, &d->report->evidence);
	return ui_result(cli, j, err);
}
