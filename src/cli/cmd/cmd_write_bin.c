/* SPDX-License-Identifier: MIT */
/*
 * write-bin: writes files at any address. Flash is erased in sectors, so the bytes
 * that share a sector with a file are read first and written back.
 */
#include "cli/cmd/cmd.h"
#include "cli/cmd/cmd_flash_thing.h"

#include <inttypes.h>
#include <stdlib.h>

#include "cli/board/after_write.h"
#include "cli/board/device.h"
#include "cli/board/gate.h"
#include "cli/board/session.h"
#include "cli/board/sink.h"
#include "cli/board/work.h"
#include "cli/firmware/boot_header.h"
#include "cli/firmware/pairs.h"
#include "cli/firmware/pairs_meant.h"
#include "cli/monitor/monitor_run.h"
#include "cli/start/boot_check.h"
#include "cli/ui/ui.h"

/* Files with less than a sector between them, and the flash content around them. */
struct run {
	struct ef_buf content;      /* unless whole is set */
	const struct ef_map *whole; /* a single file fills its sectors, so it is not copied */
	uint32_t start;             /* start of a sector */
	const struct pair *first;
	size_t own_len; /* without the bytes that are kept behind the last file */
	uint32_t lost;  /* bytes behind it that are erased, and had content */
	bool is_one_file;
	char label[64];
};

struct job {
	struct cli *cli;
	const struct write_bin_args *args;
	/* the file that the user gave, once the flash size is known */
	struct flash_config_args settings;
	struct pairs pairs;
	struct pair *order[PAIRS_MAX]; /* sorted by address */
	struct run run[PAIRS_MAX];
	size_t run_count;
	struct ef_plan_region region[PAIRS_MAX];
	struct boot_header header; /* the bootloader among the files, with other flash settings */
	const struct ef_checked *checked;
	bool changes_start;
	struct session session;
	struct flash_view view;
	struct ef_partition_table chip_table;
	struct boot_check boot;
	struct monitor_run *monitor; /* NULL without --monitor */
};

static uint32_t below(uint32_t addr)
{
	return addr - addr % EF_SECTOR;
}

static size_t run_len(const struct run *run)
{
	return run->whole ? run->whole->len : run->content.len;
}

/* ---- --exact ---- */

static bool check_exact(const struct job *job, const struct pair *pair, uint32_t addr,
			struct ef_err *err)
{
	if (!job->args->exact || (addr % EF_SECTOR == 0 && pair->file.len % EF_SECTOR == 0))
		return true;
	ef_fail(err, EF_E_INPUT,
		"'%s' (%zu bytes at 0x%08" PRIx32 ") doesn't start and end at multiples of 0x1000",
		pair->path, pair->file.len, addr);
	return ef_hint_own(err, "without '--exact' the rest of its sectors is kept");
}

/* Make the checks that need no chip. */
static bool check_early(const struct job *job, struct ef_err *err)
{
	for (size_t i = 0; i < job->pairs.count; i++) {
		const struct pair *pair = &job->pairs.pair[i];
		uint32_t addr = 0;

		/* Assume that a partition starts at a sector; check_placed knows. */
		(void)!ef_parse_u32(pair->text, UINT32_MAX, &addr);
		if (!check_exact(job, pair, addr, err))
			return false;
	}
	return true;
}

static bool check_placed(const struct job *job, struct ef_err *err)
{
	for (size_t i = 0; i < job->pairs.count; i++)
		if (!check_exact(job, &job->pairs.pair[i], job->pairs.pair[i].place.addr, err) ||
		    !pair_check_encrypted(&job->pairs.pair[i], err))
			return false;
	return true;
}

/* ---- what the chip encrypts ---- */

/* Return whether the rest of the last sector has content. It can't be kept beside ciphertext. */
static bool check_rest(struct job *job, struct run *run, uint64_t end, struct ef_err *err)
{
	struct ef_buf rest = EF_BUF_INIT(EF_SECTOR);
	uint64_t at = (uint64_t)run->start + run_len(run);
	bool ok = at >= end || job->args->erase_all ||
		  ef_flasher_device(job->session.flasher)->is_secure_download ||
		  ef_flasher_read_labelled(job->session.flasher, (uint32_t)at, (uint32_t)(end - at),
					   "shared sector", sink_to_buf, &rest, err);

	if (ok && rest.len && !ef_is_blank(rest.data, rest.len))
		run->lost = (uint32_t)rest.len;
	ef_buf_release(&rest);
	return ok;
}

static void say_lost(const struct job *job)
{
	for (size_t i = 0; i < job->run_count; i++) {
		const struct run *run = &job->run[i];
		uint32_t at = run->start + (uint32_t)run_len(run);

		if (run->lost)
			ui_log(job->cli, EF_LOG_WARN,
			       "0x%08" PRIx32 " to 0x%08" PRIx32 " are erased, too: they share a "
			       "sector with '%s', and can't be kept beside what the chip encrypts",
			       at, at + run->lost - 1, run->label);
	}
}

/* ---- the content of sectors ---- */

/* Extend the run with the flash content up to this address. */
static bool keep_until(struct job *job, struct run *run, uint64_t end, struct ef_err *err)
{
	uint64_t at = (uint64_t)run->start + run_len(run);
	const struct ef_device *dev = ef_flasher_device(job->session.flasher);

	if (at >= end)
		return true;
	if (job->args->erase_all)
		return ef_buf_fill(&run->content, 0xff, (size_t)(end - at), err);
	if (dev->is_secure_download) {
		ef_fail(err, EF_E_UNSUPP,
			"0x%08" PRIx32 " to 0x%08" PRIx32 " share a sector with a file, and the "
			"chip is in secure download mode: they can't be read and kept",
			(uint32_t)at, (uint32_t)(end - 1));
		return ef_hint_own(err, "make the file begin and end at multiples of 0x1000");
	}
	if (ef_flasher_read_labelled(job->session.flasher, (uint32_t)at, (uint32_t)(end - at),
				     "shared sector", sink_to_buf, &run->content, err))
		return true;
	/* the user named the file, not the rest of its sector */
	return err->hint.id == EF_HINT_GATE_REACH
		       ? ef_context(err,
				    "cannot write '%s' at 0x%08" PRIx32 " and keep the rest of its "
				    "sector",
				    run->first->path, run->first->place.addr)
		       : false;
}

/*
 * In secure download mode the rest of a file's last sector can't be read and is
 * lost. espflash and esptool always erase it; without that no app could be written
 * in this mode.
 */
static bool is_lost(const struct job *job, uint64_t rest)
{
	return rest && !job->args->erase_all &&
	       ef_flasher_device(job->session.flasher)->is_secure_download;
}

/* Add the rest of the last sector, without the 0xff at its end, which erasing leaves anyway. */
static bool finish_run(struct job *job, struct run *run, struct ef_err *err)
{
	size_t content = run_len(run), len;
	uint64_t end = ((uint64_t)run->start + content + EF_SECTOR - 1) / EF_SECTOR * EF_SECTOR;
	uint64_t rest;

	run->own_len = content;
	if (run->first->encrypts)
		return check_rest(job, run, end, err);
	rest = end - run->start - content;
	if (is_lost(job, rest)) {
		ui_log(job->cli, EF_LOG_WARN,
		       "0x%08" PRIx32 " to 0x%08" PRIx32
		       " are erased, too: they share a sector with "
		       "a file, and can't be read and kept in secure download mode",
		       (uint32_t)(run->start + content), (uint32_t)(end - 1));
		if (!ef_buf_fill(&run->content, 0xff, (size_t)rest, err))
			return false;
	} else if (!keep_until(job, run, end, err)) {
		return false;
	}
	if (run->whole)
		return true;
	for (len = run->content.len; len > content && run->content.data[len - 1] == 0xff;)
		len--;
	/* as in espflash, write whole words */
	run->content.len = (len + 3) / 4 * 4;
	return true;
}

static void add_label(struct run *run, const struct pair *pair)
{
	size_t len = strlen(run->label);

	(void)ef_snprintf(run->label + len, sizeof(run->label) - len, "%s%s", len ? "+" : "",
			  pair_label(pair));
	ef_clean_text(run->label);
}

static bool fills_sectors(const struct job *job, const struct pair *pair)
{
	return pair->file.len && pair->file.len % EF_SECTOR == 0 &&
	       pair->place.addr % EF_SECTOR == 0 &&
	       boot_header_data(&job->header, pair) == pair->file.data;
}

static bool add_pair(struct job *job, const struct pair *pair, struct ef_err *err)
{
	struct run *run = job->run_count ? &job->run[job->run_count - 1] : NULL;
	uint32_t start = below(pair->place.addr);

	/*
	 * The run ends if its last byte lies in a sector before the one in which
	 * this file begins.
	 */
	if (run && (below((uint32_t)(run->start + run_len(run) - 1)) < start ||
		    run->first->encrypts || pair->encrypts)) {
		if (!finish_run(job, run, err))
			return false;
		run = NULL;
	}
	if (!run) {
		run = &job->run[job->run_count++];
		*run = (struct run){ .content = EF_BUF_INIT(EF_MAX_IMAGE),
				     .start = start,
				     .first = pair };
	}
	run->is_one_file = run->first == pair;
	add_label(run, pair);
	if (run->is_one_file && fills_sectors(job, pair)) {
		run->whole = &pair->file;
		return true;
	}
	return keep_until(job, run, pair->place.addr, err) &&
	       ef_buf_add(&run->content, boot_header_data(&job->header, pair), pair->file.len, err);
}

static void sort_pairs(struct job *job)
{
	for (size_t i = 0; i < job->pairs.count; i++) {
		struct pair *pair = &job->pairs.pair[i];
		size_t at = i;

		for (; at > 0 && job->order[at - 1]->place.addr > pair->place.addr; at--)
			job->order[at] = job->order[at - 1];
		job->order[at] = pair;
	}
}

static enum ef_role role_of(const struct pair *pair)
{
	const struct ef_partition *p = pair->place.part;

	if (!p || p->type > EF_PART_DATA)
		return EF_ROLE_UNKNOWN;
	if (p->type == EF_PART_APP)
		return EF_ROLE_APP;
	return p->subtype == EF_PART_DATA_OTA ? EF_ROLE_OTADATA : EF_ROLE_DATA;
}

static void add_region(struct job *job, size_t i)
{
	const struct run *run = &job->run[i];
	bool is_empty = job->args->erase_all; /* the sector is blank before the file's first byte:
						 its old content is not kept */

	job->region[i] = (struct ef_plan_region){
		.region = { .addr = run->start,
			    .data = run->whole ? run->whole->data : run->content.data,
			    .len = (uint32_t)run_len(run),
			    .label = run->label },
		.role = run->is_one_file ? role_of(run->first) : EF_ROLE_UNKNOWN,
		.kept_end = (uint32_t)(run_len(run) - run->own_len),
		.kept = is_empty ? 0 : run->first->place.addr - run->start,
		.origin = run->is_one_file ? run->first->path : NULL,
		.encrypts = run->first->encrypts,
	};
}

static bool make_runs(struct job *job, struct ef_err *err)
{
	sort_pairs(job);
	for (size_t i = 0; i < job->pairs.count; i++)
		if (!add_pair(job, job->order[i], err))
			return false;
	if (!finish_run(job, &job->run[job->run_count - 1], err))
		return false;
	for (size_t i = 0; i < job->run_count; i++)
		add_region(job, i);
	return true;
}

/* ---- on the board ---- */

static bool check_boot(struct job *job, struct ef_err *err)
{
	static const struct ef_plan_erase whole = { .is_whole = true };
	const struct table *t = &job->pairs.table;

	if (!flash_view_init(&job->view, job->cli, &job->session, err))
		return false;
	job->view.regions = job->region;
	job->view.region_count = job->run_count;
	job->view.erases = &whole;
	job->view.erase_count = job->args->erase_all ? 1 : 0;
	return boot_check_regions(&job->view, t->is_loaded ? &t->parts : NULL,
				  job->args->table.offset.value, job->args->boot, &job->chip_table,
				  &job->boot, err);
}

static bool check_plan(struct job *job, struct ef_err *err)
{
	const struct write_bin_args *a = job->args;
	const struct ef_plan_erase whole = { .is_whole = true };
	const struct ef_plan plan = {
		.regions = job->region,
		.region_count = job->run_count,
		.erases = &whole,
		.erase_count = a->erase_all ? 1 : 0,
		.table = job->pairs.table.is_loaded ? &job->pairs.table.parts : NULL,
		.table_offset = a->table.offset.value,
	};

	return gate_pass(job->cli, job->session.flasher, &plan, a->force, &job->checked,
			 &job->changes_start, err);
}

static bool write_all(struct job *job, struct ef_err *err)
{
	const struct write_bin_args *a = job->args;
	const struct ef_write_opts opts = { .no_verify = a->no_verify, .no_skip = a->no_skip };
	struct ef_flasher *f = job->session.flasher;
	struct ef_write_stats stats = { .bytes = 0 };
	/* The app in another slot may be the one that starts, so expect no particular app. */
	const struct after_write after = {
		.after = (enum ef_after)a->connect.after,
		.wants_start = (job->changes_start || a->require_start) && !a->monitor &&
			       !a->no_listen,
		.needs_start = a->require_start,
		.done = "Binary successfully written to flash!",
	};

	if (a->erase_all) {
		ui_log(job->cli, EF_LOG_INFO, "Erasing Flash...");
		if (!ef_flasher_erase(f, job->checked, 0, err))
			return false;
		work_region(job->cli, 0, ef_flasher_device(f)->flash_size, "", "erased");
	}
	return ef_flasher_write(f, job->checked, &opts, &stats, err) &&
	       boot_check_apply(&job->boot, err) &&
	       after_write(job->cli, &job->session, &stats, &after, err);
}

static void begin_work(struct job *job, const struct ef_device *dev)
{
	struct json_out *j = work_begin(job->cli, dev, dev->flash_size);

	json_begin_array(j, "files");
	for (size_t i = 0; i < job->pairs.count; i++) {
		json_begin_object(j, NULL);
		pair_json(j, &job->pairs.pair[i]);
		json_bool(j, "encrypted", job->pairs.pair[i].encrypts);
		json_end(j);
	}
	json_end(j);
	boot_check_json(&job->boot, j);
	json_begin_array(j, "regions");
}

static bool run_on_board(struct job *job, struct ef_err *err)
{
	const struct ef_device *dev = ef_flasher_device(job->session.flasher);
	struct flash_config_args *settings = &job->settings;

	*settings = job->args->settings;
	boot_header_detect(settings, dev);
	if (!boot_header_size(job->cli, settings, &job->session, err))
		return false;
	if (!job->cli->is_json)
		device_print(job->cli->out, dev, dev->flash_size);
	if (!pairs_place(job->cli, &job->pairs, &job->session, err) || !check_placed(job, err) ||
	    !boot_header_patch(job->cli, settings, &job->pairs, dev, &job->header, err) ||
	    !make_runs(job, err) || !check_plan(job, err) || !check_boot(job, err))
		return false;
	say_lost(job);
	begin_work(job, dev);
	return work_end(job->cli, write_all(job, err), err);
}

/* ---- without an address ---- */

static bool write_thing(struct cli *cli, const struct write_bin_args *a, struct ef_err *err)
{
	const char *option = cli_given_for(cli, OPT_FOR_PLACES);
	const struct flash_args flash = {
		.connect = a->connect,
		.json = a->json,
		.config = a->settings,
		.idf = { .partition_table_offset = a->table.offset },
		.mon = a->mon,
		.file = a->pairs.place,
		.monitor = a->monitor,
		.no_verify = a->no_verify,
		.no_skip = a->no_skip,
		.force = a->force,
		.no_listen = a->no_listen,
		.boot = a->boot,
		.require_start = a->require_start,
		.encrypt = a->encrypt,
	};

	if (option)
		return ef_fail(err, EF_E_USAGE, "'--%s' goes with addresses, and '%s' has none",
			       option, a->pairs.place);
	ui_log(cli, EF_LOG_INFO, "No address is given: the parts go where 'flash %s' writes them",
	       a->pairs.place);
	return cmd_flash_thing(cli, &flash, err);
}

static bool open_board(struct job *job, struct ef_err *err)
{
	struct ef_region longest = { .label = "" };

	for (size_t i = 0; i < job->pairs.count; i++) {
		const struct ef_map *file = &job->pairs.pair[i].file;

		session_prefer_longer(&longest, file->data, file->len, "");
	}
	return session_open_to_write(job->cli, &job->args->connect, &longest, &job->session, err);
}

static bool write_files(struct cli *cli, const struct write_bin_args *a, struct ef_err *err)
{
	struct job *job = calloc(1, sizeof(*job));
	bool ok = false;

	if (!job)
		return ef_fail(err, EF_E_IO, "out of memory");
	job->cli = cli;
	job->args = a;
	if (a->monitor && !(job->monitor = monitor_run_new(cli, &a->mon, NULL, NULL, err)))
		goto out;
	if (!pairs_open(&job->pairs, &a->pairs, &a->table, err) ||
	    !pairs_encrypt(&job->pairs, a->encrypt, &a->encrypt_files, err) ||
	    !check_early(job, err) || !open_board(job, err) || !run_on_board(job, err))
		goto out;
	ok = !a->monitor || monitor_after(job->monitor, &job->session, &a->connect, false, err);
out:
	monitor_run_free(job->monitor);
	session_close(&job->session);
	for (size_t i = 0; i < job->run_count; i++)
		ef_buf_release(&job->run[i].content);
	boot_header_release(&job->header);
	pairs_release(&job->pairs);
	free(job);
	return ok;
}

bool cmd_write_bin(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct write_bin_args *a = args;
	struct write_bin_args turned = *a;

	if (!a->pairs.file)
		return pairs_alone(&a->pairs, err) && write_thing(cli, a, err);
	pairs_turn(cli, &turned.pairs);
	return write_files(cli, &turned, err);
}
