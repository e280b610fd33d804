/* SPDX-License-Identifier: MIT */
/*
 * read-mem, write-mem and dump-mem: they need a loader and the chip's memory, and do not change its
 * flash. Requests and answers have no checksum, and the first byte that a line damages may be in
 * one of these. So a word is known when two readings agree, and written when it is read like that.
 */
#include "cli/cmd/cmd.h"

#include <inttypes.h>
#include <string.h>

#include "cli/board/confirm.h"
#include "cli/board/session.h"
#include "cli/ui/json_out.h"
#include "cli/ui/ui.h"
#include "base/bytes.h"
#include "base/util.h"
#include <espflash/memory.h>

/* How often to write a word, or to ask for it, over a line that loses or damages bytes. */
#define TRIES 4u
/* A dump is compared with a second reading in parts of this many bytes. */
#define DUMP_PART 1024u

static bool finish(struct session *s, const struct connect_args *a, struct ef_err *err)
{
	return ef_flasher_finish(s->flasher, (enum ef_after)a->after, err);
}

/* This check needs no chip, so it comes before the port is opened. */
static bool check_aligned(uint32_t address, struct ef_err *err)
{
	if (address % 4 == 0)
		return true;
	ef_fail(err, EF_E_USAGE, "address 0x%08" PRIx32 " is not a multiple of 4", address);
	return ef_hint_own(err,
			   "memory is read and written in words: 0x%08" PRIx32 " has this byte",
			   address - address % 4);
}

/* ---- read-mem ---- */

/* Like board-info, print before the reset, which may fail. */
static bool print_word(struct cli *cli, uint32_t address, uint32_t value, struct ef_err *err)
{
	struct json_out *j;

	if (!cli->is_json) {
		fprintf(cli->out, "0x%08" PRIx32 " = 0x%08" PRIx32 "\n", address, value);
		return true;
	}
	j = json_new(cli->command);
	json_number(j, "address", address);
	json_number(j, "value", value);
	return ui_result(cli, j, err);
}

struct word_at {
	struct ef_flasher *f;
	uint32_t address;
};

/* If only an answer gets lost, the loader is still there. */
static bool ask_word(void *ctx, void *ret, struct ef_err *err)
{
	const struct word_at *w = ctx;

	for (unsigned i = 1; !ef_flasher_read_word(w->f, w->address, ret, err); i++) {
		if (err->fault.kind != EF_FAULT_LOST || i == TRIES)
			return false;
		ef_err_clear(err);
	}
	return true;
}

/* Over a line that damages bytes an answer may be lost, which says nothing about the word. */
static bool is_worth_a_try(unsigned *tries, struct ef_err *err)
{
	if (err->code != EF_E_TIMEOUT || ++*tries == TRIES)
		return false;
	ef_err_clear(err);
	return true;
}

/*
 * *ret_changes: no two readings agree, and the line damages nothing, so the word changes by itself,
 * like a timer; *ret is the last reading.
 */
static bool read_pair(struct word_at *w, uint32_t *ret, bool *ret_changes, struct ef_err *err)
{
	bool agrees;

	if (!confirm(ask_word, w, ret, sizeof(*ret), &agrees, err))
		return false;
	*ret_changes = !agrees;
	return agrees || !ef_flasher_line_damages(w->f) || confirm_fail(err);
}

/*
 * A damaged request reads another word, and most words are zero. So over a line that damages bytes
 * a second pair of readings must agree with the first.
 */
static bool read_word(struct session *s, uint32_t address, uint32_t *ret, bool *ret_changes,
		      struct ef_err *err)
{
	struct word_at w = { s->flasher, address };
	uint32_t first;

	for (unsigned i = 0; i < TRIES; i++) {
		if (!read_pair(&w, ret, ret_changes, err))
			return false;
		first = *ret;
		if (!ef_flasher_line_damages(s->flasher))
			return true;
		if (!read_pair(&w, ret, ret_changes, err))
			return false;
		if (*ret == first)
			return true;
	}
	return confirm_fail(err);
}

bool cmd_read_mem(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct read_mem_args *a = args;
	uint32_t address = a->address.value, value;
	struct session s = SESSION_INIT;
	bool ok = false, changes;

	if (!check_aligned(address, err))
		return false;
	if (!session_open_brief(cli, &a->connect, &s, err) ||
	    !read_word(&s, address, &value, &changes, err))
		goto out;
	if (changes)
		ui_log(cli, EF_LOG_WARN, "no two readings agree: the word changes by itself");
	ok = print_word(cli, address, value, err) && finish(&s, &a->connect, err);
out:
	session_close(&s);
	return ok;
}

/* ---- write-mem ---- */

static bool print_written(struct cli *cli, const struct write_mem_args *a, bool is_confirmed,
			  struct ef_err *err)
{
	struct json_out *j;

	if (!cli->is_json) {
		fprintf(cli->out,
			"Wrote 0x%08" PRIx32 " with mask 0x%08" PRIx32 " to 0x%08" PRIx32 "\n",
			a->value.value, a->mask.value, a->address.value);
		return true;
	}
	j = json_new(cli->command);
	json_number(j, "address", a->address.value);
	json_number(j, "value", a->value.value);
	json_number(j, "mask", a->mask.value);
	json_bool(j, "confirmed", is_confirmed);
	return ui_result(cli, j, err);
}

/* What is known about the word. */
struct written {
	bool knows_old, was_read;
	uint32_t old, now;
};

/* Bits outside of the mask differ, too, if it was the mask that the line damaged. */
static bool is_written(const struct write_mem_args *a, const struct written *w)
{
	uint32_t mask = a->mask.value, kept = w->knows_old ? w->old : w->now;

	return w->was_read && w->now == ((kept & ~mask) | (a->value.value & mask));
}

static bool read_patiently(struct session *s, uint32_t address, uint32_t *ret, struct ef_err *err)
{
	unsigned tries = 0;
	bool changes;

	while (!read_word(s, address, ret, &changes, err))
		if (!is_worth_a_try(&tries, err))
			return false;
	return true;
}

static bool write_once(struct session *s, const struct write_mem_args *a, struct ef_err *err)
{
	return ef_flasher_write_word(s->flasher, a->address.value, a->value.value, a->mask.value,
				     err);
}

/* The line damages bytes, so what differs is written once more. */
static bool write_patiently(struct session *s, const struct write_mem_args *a, struct written *w,
			    struct ef_err *err)
{
	for (unsigned i = 0; i < TRIES; i++) {
		if (!read_patiently(s, a->address.value, &w->now, err))
			return false;
		w->was_read = true;
		if (is_written(a, w))
			return true;
		if (!write_once(s, a, err))
			return false;
	}
	ef_fail(err, EF_E_TIMEOUT,
		"the line damages bytes, and 0x%08" PRIx32 " reads as 0x%08" PRIx32
		", not as it was written",
		a->address.value, w->now);
	return ef_hint_own(err, "a damaged request may have changed other memory, too: reset the "
				"chip, and use a better line or a lower rate");
}

/*
 * The line seems to be good, so the word is not written again: a register need not keep what is
 * written, and a second write could act twice. The chip may also be gone, if the word resets it.
 */
static bool look_once(struct session *s, const struct write_mem_args *a, struct written *w,
		      struct ef_err *err)
{
	bool changes;

	w->was_read = read_word(s, a->address.value, &w->now, &changes, err);
	if (w->was_read || err->fault.kind != EF_FAULT_SILENT)
		return w->was_read;
	ef_err_clear(err);
	return true;
}

static bool write_word(struct session *s, const struct write_mem_args *a, struct written *w,
		       struct ef_err *err)
{
	w->knows_old = a->mask.value != UINT32_MAX;
	if (w->knows_old && !read_patiently(s, a->address.value, &w->old, err))
		return false;
	if (!write_once(s, a, err))
		return false;
	return ef_flasher_line_damages(s->flasher) ? write_patiently(s, a, w, err)
						   : look_once(s, a, w, err);
}

static void tell_doubt(struct cli *cli, const struct write_mem_args *a, const struct written *w)
{
	if (w->was_read)
		ui_log(cli, EF_LOG_WARN,
		       "written, not confirmed: 0x%08" PRIx32 " reads as 0x%08" PRIx32
		       "; a register may do that, or the line damaged the request",
		       a->address.value, w->now);
	else
		ui_log(cli, EF_LOG_WARN,
		       "written, not confirmed: the chip does not answer any more");
}

bool cmd_write_mem(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct write_mem_args *a = args;
	struct session s = SESSION_INIT;
	struct written w = { .was_read = false };
	bool ok = false;

	if (!check_aligned(a->address.value, err))
		return false;
	if (!session_open_brief(cli, &a->connect, &s, err) || !write_word(&s, a, &w, err))
		goto out;
	if (!is_written(a, &w))
		tell_doubt(cli, a, &w);
	ok = print_written(cli, a, is_written(a, &w), err) && finish(&s, &a->connect, err);
out:
	session_close(&s);
	return ok;
}

/* ---- dump-mem ---- */

static bool dump_json(struct cli *cli, const struct dump_mem_args *a, struct ef_err *err)
{
	struct json_out *j = json_new(cli->command);

	json_number(j, "address", a->address.value);
	json_number(j, "size", a->size.value);
	json_text(j, "file", a->file);
	return ui_result(cli, j, err);
}

static bool check_range(const struct dump_mem_args *a, struct ef_err *err)
{
	if (a->size.value - 1 <= UINT32_MAX - a->address.value)
		return true;
	return ef_fail(err, EF_E_USAGE,
		       "0x%" PRIx32 " bytes at 0x%08" PRIx32 " pass the end of the address space",
		       a->size.value, a->address.value);
}

/* Where the bytes of a dump go. */
struct dump {
	struct session *s;
	struct ef_file_out *file;
	uint32_t at;
	unsigned changing; /* words that change by themselves */
};

/* Read the word once more. bytes: len of its bytes, from off on, as they were read before. */
static bool check_word(struct dump *d, uint32_t address, uint32_t off, uint8_t *bytes, size_t len,
		       struct ef_err *err)
{
	uint8_t now[4];
	uint32_t word;
	bool changes;

	if (!ef_flasher_read_word(d->s->flasher, address, &word, err))
		return false;
	ef_put_le32(now, word);
	if (memcmp(now + off, bytes, len) == 0)
		return true;
	if (!read_word(d->s, address, &word, &changes, err))
		return false;
	d->changing += changes;
	ef_put_le32(now, word);
	memcpy(bytes, now + off, len);
	return true;
}

static bool check_patiently(struct dump *d, uint32_t address, uint32_t off, uint8_t *bytes,
			    size_t len, struct ef_err *err)
{
	unsigned tries = 0;

	while (!check_word(d, address, off, bytes, len, err))
		if (!is_worth_a_try(&tries, err))
			return false;
	return true;
}

/* Where the word of the last of these bytes begins among them. */
static size_t last_word(uint32_t at, size_t len)
{
	size_t before = (at + len - 1) % 4;

	return before < len ? len - 1 - before : 0;
}

/*
 * Read the bytes again, and backwards: if each answer belonged to the request before it, the two
 * readings would not agree.
 */
static bool check_part(struct dump *d, uint8_t *part, size_t len, struct ef_err *err)
{
	while (len > 0) {
		size_t from = last_word(d->at, len);
		uint32_t at = d->at + (uint32_t)from;

		if (!check_patiently(d, at / 4 * 4, at % 4, part + from, len - from, err))
			return false;
		len = from;
	}
	return true;
}

/* An ef_read_sink. */
static bool dump_checked(void *user, const uint8_t *data, size_t len, struct ef_err *err)
{
	struct dump *d = user;
	uint8_t part[DUMP_PART];

	for (size_t done = 0, n; done < len; done += n) {
		n = len - done < sizeof(part) ? len - done : sizeof(part);
		memcpy(part, data + done, n);
		if (!check_part(d, part, n, err) || !ef_file_out_write(d->file, part, n, err))
			return false;
		d->at += (uint32_t)n;
	}
	return true;
}

bool cmd_dump_mem(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct dump_mem_args *a = args;
	struct ef_file_out file = EF_FILE_OUT_INIT;
	struct session s = SESSION_INIT;
	struct dump d = { .s = &s, .file = &file, .at = a->address.value };
	bool ok = false;

	if (!check_range(a, err) || !ui_yield_stdout(cli, a->file, err) ||
	    !ef_file_out_open(&file, a->file, err))
		return false;
	if (!session_open_chip(cli, &a->connect, &s, err) ||
	    !ef_flasher_read_mem(s.flasher, a->address.value, a->size.value, dump_checked, &d,
				 err) ||
	    !ef_file_out_commit(&file, err))
		goto out;
	if (d.changing)
		ui_log(cli, EF_LOG_WARN, "%u words change by themselves", d.changing);
	ui_log(cli, EF_LOG_INFO, "Dumped %" PRIu32 " bytes from 0x%08" PRIx32 " to '%s'",
	       a->size.value, a->address.value, a->file);
	ok = (!cli->is_json || dump_json(cli, a, err)) && finish(&s, &a->connect, err);
out:
	ef_file_out_abort(&file);
	session_close(&s);
	return ok;
}
