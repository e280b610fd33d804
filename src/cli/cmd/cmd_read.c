/* SPDX-License-Identifier: MIT */
/* read-flash and checksum-md5: they read a range of the flash into a file, or print its digest. */
#include "cli/cmd/cmd.h"

#include <inttypes.h>

#include "cli/board/device.h"
#include "cli/board/confirm.h"
#include "cli/board/session.h"
#include "cli/board/sink.h"
#include "cli/firmware/place.h"
#include "cli/ui/json_out.h"
#include "cli/ui/ui.h"
#include "base/util.h"

#define MD5_LEN 16

/* A range: as on the command line, and resolved once a chip is connected. */
struct range {
	struct table table;
	const char *text;
	uint32_t parsed_size; /* 0: ALL */
	struct place place;
	uint32_t size;
};

/* Call this before the port is opened. */
static bool range_check(struct range *r, const struct table_args *table, const char *place,
			const char *size, struct ef_err *err)
{
	r->text = place;
	return place_parse_size(size, &r->parsed_size, err) && table_open(&r->table, table, err) &&
	       place_check(&r->table, place, err);
}

static bool range_find(struct cli *cli, struct range *r, struct session *s, struct ef_err *err)
{
	return place_find(cli, &r->table, s, r->text, &r->place, err) &&
	       place_size(&r->place, r->parsed_size, &r->size, err);
}

/* Reading returns what a programmer on the flash chip's pins would read. */
static bool warn_of_ciphertext(struct cli *cli, struct session *s, struct ef_err *err)
{
	bool is_encrypted;

	if (!ef_flasher_is_encrypted(s->flasher, &is_encrypted, err))
		return false;
	if (is_encrypted)
		ui_log(cli, EF_LOG_WARN,
		       "flash encryption is on: what the chip encrypted is read in its encrypted "
		       "form");
	return true;
}

static void range_json(struct json_out *j, const struct range *r)
{
	char label[sizeof(r->place.part->name)] = "";

	if (r->place.part) {
		(void)ef_strlcpy(label, sizeof(label), r->place.part->name);
		ef_clean_text(label);
	}
	json_number(j, "address", r->place.addr);
	json_number(j, "size", r->size);
	json_text(j, "partition", r->place.part ? label : NULL);
}

/* ---- read-flash ---- */

static bool read_to_file(const struct read_flash_args *a, const struct range *r, struct session *s,
			 struct ef_file_out *out, struct ef_err *err)
{
	ef_flasher_set_read_packets(s->flasher, a->block_size.value, a->max_in_flight.value);
	return ef_flasher_read(s->flasher, r->place.addr, r->size, sink_to_file, out, err) &&
	       ef_file_out_commit(out, err);
}

static bool read_json(struct cli *cli, const struct read_flash_args *a, const struct range *r,
		      struct ef_err *err)
{
	struct json_out *j = json_new(cli->command);

	range_json(j, r);
	json_text(j, "file", a->file);
	return ui_result(cli, j, err);
}

bool cmd_read_flash(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct read_flash_args *a = args;
	struct ef_file_out file = EF_FILE_OUT_INIT;
	struct session s = SESSION_INIT;
	struct range r;
	bool ok = false;

	if (!range_check(&r, &a->table, a->place, a->size, err) ||
	    !ui_yield_stdout(cli, a->file, err) || !ef_file_out_open(&file, a->file, err))
		return false;
	if (!session_open(cli, &a->connect, &s, err) || !range_find(cli, &r, &s, err) ||
	    !warn_of_ciphertext(cli, &s, err))
		goto out;
	if (!cli->is_json) {
		const struct ef_device *dev = ef_flasher_device(s.flasher);

		device_print(cli->out, dev, dev->flash_size);
	}
	if (!read_to_file(a, &r, &s, &file, err))
		goto out;
	ui_log(cli, EF_LOG_INFO, "Flash content successfully read and written to '%s'!", a->file);
	ok = (!cli->is_json || read_json(cli, a, &r, err)) &&
	     ef_flasher_finish(s.flasher, (enum ef_after)a->connect.after, err);
out:
	ef_file_out_abort(&file);
	session_close(&s);
	return ok;
}

/* ---- checksum-md5 ---- */

static bool print_md5(struct cli *cli, const struct range *r, const uint8_t md5[MD5_LEN],
		      struct ef_err *err)
{
	char hex[2 * MD5_LEN + 1];
	struct json_out *j;

	ef_hex(hex, md5, MD5_LEN);
	if (!cli->is_json) {
		fprintf(cli->out, "0x%s\n", hex);
		return true;
	}
	j = json_new(cli->command);
	range_json(j, r);
	json_text(j, "md5", hex);
	return ui_result(cli, j, err);
}

bool cmd_checksum_md5(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct checksum_args *a = args;
	struct session s = SESSION_INIT;
	uint8_t md5[MD5_LEN];
	struct confirm_range q;
	struct range r;
	bool ok = false;

	if (!range_check(&r, &a->table, a->place, a->size, err))
		return false;
	if (!session_open(cli, &a->connect, &s, err) || !range_find(cli, &r, &s, err) ||
	    !warn_of_ciphertext(cli, &s, err))
		goto out;
	q = (struct confirm_range){ s.flasher, r.place.addr, r.size };
	if (!confirm_ask_md5(&q, md5, err) ||
	    !confirm_again(confirm_ask_md5, &q, md5, MD5_LEN, err))
		goto out;
	/* Like board-info, print before the reset, which may fail. */
	ok = print_md5(cli, &r, md5, err) &&
	     ef_flasher_finish(s.flasher, (enum ef_after)a->connect.after, err);
out:
	session_close(&s);
	return ok;
}
