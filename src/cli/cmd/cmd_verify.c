/* SPDX-License-Identifier: MIT */
/* verify-flash: compares MD5s. If they differ, it finds out where. */
#include "cli/cmd/cmd.h"

#include <inttypes.h>
#include <stdlib.h>

#include "cli/board/difference.h"
#include "cli/board/session.h"
#include "cli/board/sink.h"
#include "cli/firmware/boot_header.h"
#include "cli/firmware/pairs.h"
#include "cli/firmware/pairs_meant.h"
#include "cli/firmware/thing_place.h"
#include "cli/ui/json_out.h"
#include "cli/ui/ui.h"
#include "base/util.h"

static struct content content_of(const struct session *s, const struct pair *pair,
				 const uint8_t *want)
{
	return (struct content){ .f = s->flasher,
				 .addr = pair->place.addr,
				 .len = (uint32_t)pair->file.len,
				 .data = want,
				 .label = pair->path };
}

static bool fail_different(const struct pair *pair, const struct difference *d, uint8_t want,
			   struct ef_err *err)
{
	char how_much[80];

	if (d->has_more)
		(void)ef_snprintf(how_much, sizeof(how_much),
				  "in more than %" PRIu32 " of %" PRIu32 " sectors", d->differ - 1,
				  d->sectors);
	else if (d->differ > DIFFERENCE_READ_MAX)
		(void)ef_snprintf(how_much, sizeof(how_much),
				  "in %" PRIu32 " of %" PRIu32 " sectors", d->differ, d->sectors);
	else
		(void)ef_snprintf(how_much, sizeof(how_much), "in %" PRIu32 " of %zu bytes",
				  d->bytes, pair->file.len);
	ef_fail(err, EF_E_VERIFY,
		"'%s' differs from the flash %s, first at 0x%08" PRIx32
		" (0x%02x in flash, 0x%02x in the file)",
		pair->path, how_much, pair->place.addr + d->first, d->first_byte, want);
	return ef_hint_own(err,
			   "read what is there with 'read-flash 0x%" PRIx32 " %zu FILE', "
			   "or replace it with 'write-bin'",
			   pair->place.addr, pair->file.len);
}

/*
 * If the chip encrypts, bytes that differ from the file may be its ciphertext. Only the chip could
 * tell.
 */
static bool fail_unknown(const struct pair *pair, struct ef_err *err)
{
	ef_fail(err, EF_E_UNSUPP,
		"'%s' can't be compared: flash encryption is on, and what is in flash may "
		"be its encrypted form or something else",
		pair->path);
	return ef_hint_own(err, "only the firmware on the chip can read it; to be sure, "
				"write it again: docs/encryption.md");
}

static bool differs(struct session *s, const struct pair *pair, const uint8_t *want,
		    struct ef_err *err)
{
	const struct content c = content_of(s, pair, want);
	struct difference d;
	bool is_encrypted;

	if (!ef_flasher_is_encrypted(s->flasher, &is_encrypted, err) ||
	    !difference_find(&c, is_encrypted, &d, err))
		return ef_context(err, "'%s' differs from the flash; finding out where",
				  pair->path);
	if (d.bytes == 0)
		return ef_fail(err, EF_E_VERIFY,
			       "the chip's answers contradict each other: the MD5 of '%s' differs "
			       "from the flash, but no byte of it does",
			       pair->path);
	if (is_encrypted && !d.has_plain)
		return fail_unknown(pair, err);
	return fail_different(pair, &d, want[d.first], err);
}

static bool is_in_flash(struct session *s, const struct pair *pair, const uint8_t *want, bool *ret,
			struct ef_err *err)
{
	const struct content c = content_of(s, pair, want);

	return difference_none(&c, ret, err);
}

/*
 * 'flash' sets the flash settings in a bootloader's header; everything else stays as in the file.
 */
static bool is_patched(struct session *s, const struct pair *pair, bool *ret, struct ef_err *err)
{
	const struct ef_chip *chip = ef_flasher_device(s->flasher)->chip;
	struct ef_buf head = EF_BUF_INIT(4), content = EF_BUF_INIT(EF_MAX_IMAGE);
	bool ok = true;

	*ret = false;
	if (pair->place.addr != chip->image.boot_addr || pair->file.len < 4)
		return true;
	ok = ef_flasher_read_labelled(s->flasher, pair->place.addr, 4, pair_label(pair),
				      sink_to_buf, &head, err);
	if (ok && boot_header_with(pair, chip, head.data, &content, err))
		ok = is_in_flash(s, pair, content.data, ret, err);
	ok = ok && err->code == EF_OK;
	ef_buf_release(&head);
	ef_buf_release(&content);
	return ok;
}

static bool verify_pair(struct cli *cli, struct session *s, const struct pair *pair,
			const uint8_t *want, bool has_settings, struct ef_err *err)
{
	const char *but = "";
	bool is_same;

	if (!is_in_flash(s, pair, want, &is_same, err))
		return false;
	if (!is_same && !has_settings) {
		if (!is_patched(s, pair, &is_same, err))
			return false;
		but = ", but for the flash settings in the header";
	}
	if (!is_same)
		return differs(s, pair, want, err);
	ui_log(cli, EF_LOG_INFO, "%s at 0x%08" PRIx32 ": %zu bytes are the same%s",
	       pair_label(pair), pair->place.addr, pair->file.len, but);
	return true;
}

/* The result for a file; pairs without a result were not compared. */
enum result { NOT_COMPARED, IS_SAME, DIFFERS };

static enum result result_of(bool is_same, const struct ef_err *err)
{
	return is_same ? IS_SAME : err->code == EF_E_VERIFY ? DIFFERS : NOT_COMPARED;
}

static bool verify(struct cli *cli, struct session *s, const struct verify_flash_args *a,
		   const struct pairs *p, enum result *results, struct ef_err *err)
{
	struct flash_config_args set = a->settings;
	bool has_settings = boot_header_is_asked(&set);
	struct boot_header header = { .pair = NULL };
	bool ok;

	boot_header_detect(&set, ef_flasher_device(s->flasher));
	ok = !has_settings ||
	     (boot_header_size(cli, &set, s, err) &&
	      boot_header_patch(cli, &set, p, ef_flasher_device(s->flasher), &header, err));
	for (size_t i = 0; ok && i < p->count; i++) {
		const struct pair *pair = &p->pair[i];

		ok = verify_pair(cli, s, pair, boot_header_data(&header, pair), has_settings, err);
		results[i] = result_of(ok, err);
	}
	boot_header_release(&header);
	return ok;
}

static bool print_json(struct cli *cli, const struct pair *pair, size_t count,
		       const enum result *results, struct ef_err *err)
{
	struct json_out *j = json_new(cli->command);

	json_begin_array(j, "files");
	for (size_t i = 0; i < count; i++) {
		json_begin_object(j, NULL);
		pair_json(j, &pair[i]);
		if (results[i] == NOT_COMPARED)
			json_null(j, "is_same");
		else
			json_bool(j, "is_same", results[i] == IS_SAME);
		json_end(j);
	}
	json_end(j);
	return ui_result(cli, j, err);
}

/*
 * Return whether the error is the result of a comparison. If so, the chip works, and the session
 * can be finished.
 */
static bool is_result(const struct ef_err *err)
{
	return err->code == EF_E_VERIFY || err->code == EF_E_UNSUPP;
}

/* Finish the session even if the flash differs. The difference is the error to report. */
static bool finish(struct session *s, enum ef_after after, bool ok, struct ef_err *err)
{
	struct ef_err ignored = EF_ERR_INIT;

	if (ok)
		return ef_flasher_finish(s->flasher, after, err);
	if (is_result(err))
		(void)!ef_flasher_finish(s->flasher, after, &ignored);
	return false;
}

/* Print the result of the comparison, and leave the chip. */
static bool end(struct cli *cli, const struct verify_flash_args *a, struct session *s,
		const struct pair *pair, size_t count, const enum result *results, bool ok,
		struct ef_err *err)
{
	struct ef_err ignored = EF_ERR_INIT;

	ok = ok && ef_map_check(err);
	if (cli->is_json && (ok || is_result(err)) &&
	    !print_json(cli, pair, count, results, ok ? err : &ignored))
		ok = false;
	return finish(s, (enum ef_after)a->connect.after, ok, err);
}

/* ---- a thing ---- */

struct thing_job {
	struct thing thing;
	struct thing_place place;
	struct flash_config_args settings;
	struct session session;
	struct pair *pair; /* one for each region */
	enum result *results;
};

/* Return the part of a region that comes from the thing, without the flash content around it. */
static struct pair pair_of(const struct ef_plan_region *r)
{
	return (struct pair){ .path = r->origin ? r->origin : r->region.label,
			      .file = { .data = r->region.data + r->kept,
					.len = r->region.len - r->kept },
			      .place = { .addr = r->region.addr + r->kept } };
}

/*
 * The bootloader and the app write otadata as soon as they run, so a difference there proves
 * nothing about the firmware.
 */
static bool verify_part(struct cli *cli, struct thing_job *job, size_t i, struct ef_err *err)
{
	const struct flash_config_args *set = &job->settings;
	const struct pair *pair = &job->pair[i];
	bool is_same = true, ok;

	ok = job->place.regions[i].role != EF_ROLE_OTADATA ||
	     is_in_flash(&job->session, pair, pair->file.data, &is_same, err);
	if (ok && !is_same) {
		job->results[i] = DIFFERS;
		ui_log(cli, EF_LOG_WARN,
		       "%s at 0x%08" PRIx32
		       " differs, but the bootloader and the app write it, too, when they run",
		       pair_label(pair), pair->place.addr);
		return true;
	}
	ok = ok &&
	     verify_pair(cli, &job->session, pair, pair->file.data, boot_header_is_asked(set), err);
	job->results[i] = result_of(ok, err);
	return ok;
}

static bool verify_parts(struct cli *cli, const struct verify_flash_args *a, struct thing_job *job,
			 struct ef_err *err)
{
	const struct flash_config_args *set = &job->settings;
	struct thing_place *place = &job->place;

	struct flash_config_args given = a->settings;

	boot_header_detect(&job->settings, ef_flasher_device(job->session.flasher));
	boot_header_detect(&given, ef_flasher_device(job->session.flasher));
	if (!boot_header_size(cli, &given, &job->session, err) ||
	    !thing_place(place, cli, &job->thing, &job->session, set, NULL, err))
		return false;
	job->pair = calloc(place->count + 1, sizeof(*job->pair));
	job->results = calloc(place->count + 1, sizeof(*job->results));
	if (!job->pair || !job->results)
		return ef_fail(err, EF_E_IO, "out of memory");
	for (size_t i = 0; i < place->count; i++)
		job->pair[i] = pair_of(&place->regions[i]);
	for (size_t i = 0; i < place->count; i++)
		if (!verify_part(cli, job, i, err))
			return false;
	return true;
}

static bool verify_thing(struct cli *cli, const struct verify_flash_args *a, struct ef_err *err)
{
	struct ef_input_opts opts = thing_opts(&a->thing, a->connect.chip);
	struct thing_job *job = calloc(1, sizeof(*job));
	struct connect_args connect = a->connect;
	bool ok = false;

	if (!job)
		return ef_fail(err, EF_E_IO, "out of memory");
	job->session = (struct session)SESSION_INIT;
	if (!thing_open(&job->thing, a->pairs.place, &opts, err))
		goto out;
	thing_settings(cli, &job->thing, &a->settings, &job->settings);
	connect.flash_size = a->settings.size > 0 ? a->settings.size : 0;
	if (!session_open(cli, &connect, &job->session, err))
		goto out;
	ok = verify_parts(cli, a, job, err);
	ok = end(cli, a, &job->session, job->pair, job->results ? job->place.count : 0,
		 job->results, ok, err);
out:
	session_close(&job->session);
	free(job->results);
	free(job->pair);
	thing_place_release(&job->place);
	thing_release(&job->thing);
	free(job);
	return ok;
}

/* ---- files at addresses ---- */

static bool verify_files(struct cli *cli, const struct verify_flash_args *a, struct ef_err *err)
{
	struct pairs *p = calloc(1, sizeof(*p));
	struct session s = SESSION_INIT;
	struct connect_args connect = a->connect;
	enum result results[PAIRS_MAX] = { NOT_COMPARED };
	bool ok = false;

	if (!p)
		return ef_fail(err, EF_E_IO, "out of memory");
	connect.flash_size = a->settings.size > 0 ? a->settings.size : 0;
	if (!pairs_open(p, &a->pairs, &a->table, err) || !session_open(cli, &connect, &s, err) ||
	    !pairs_place(cli, p, &s, err))
		goto out;
	ok = verify(cli, &s, a, p, results, err);
	ok = end(cli, a, &s, p->pair, p->count, results, ok, err);
out:
	session_close(&s);
	pairs_release(p);
	free(p);
	return ok;
}

bool cmd_verify_flash(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct verify_flash_args *a = args;
	struct verify_flash_args turned = *a;

	if (!a->pairs.file)
		return pairs_alone(&a->pairs, err) && verify_thing(cli, a, err);
	pairs_turn(cli, &turned.pairs);
	return pairs_no_thing(cli, err) && verify_files(cli, &turned, err);
}
