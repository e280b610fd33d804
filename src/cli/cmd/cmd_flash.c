/* SPDX-License-Identifier: MIT */
/*
 * flash: knows which checks come before the port is opened, which need a connected chip, and in
 * which order the board is worked on.
 */
#include "cli/cmd/cmd.h"
#include "cli/cmd/cmd_flash_thing.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/board/after_write.h"
#include "cli/board/device.h"
#include "cli/board/gate.h"
#include "cli/board/session.h"
#include "cli/board/sink.h"
#include "cli/board/work.h"
#include "cli/bootloader/boot_find.h"
#include "cli/firmware/firmware.h"
#include "cli/firmware/firmware_plan.h"
#include "cli/firmware/thing.h"
#include "cli/monitor/monitor_run.h"
#include "cli/start/boot_check.h"
#include "cli/ui/ui.h"

struct job {
	struct cli *cli;
	const struct flash_args *args;
	struct ef_map elf; /* opened to recognize the file, until fw has it */
	struct firmware *fw;
	const struct ef_chip *chip; /* the chip, as far as it is known without a board; NULL */
	struct session session;
	struct monitor_run *monitor; /* NULL without --monitor */
	bool erase[EF_PARTITIONS_MAX];
	struct ef_plan_erase erases[EF_PARTITIONS_MAX];
	size_t erase_count;
	struct ef_plan_region regions[EF_ARRAY_LEN(((struct ef_firmware *)0)->region)];
	const struct ef_checked *checked; /* the plan of these erases and regions */
	struct flash_view view;
	struct boot_check boot;
	/* only with --ram */
	struct ef_region *ram;
	size_t ram_count;
	uint8_t *ram_block;
};

/* ---- before the port is opened ---- */

static bool make_ram(struct job *job, const struct ef_chip *chip, struct ef_err *err)
{
	if (job->ram)
		return true;
	return ef_image_ram_segments(&job->fw->elf, chip, &job->ram, &job->ram_count,
				     &job->ram_block, err) ||
	       ef_context(err, "ELF '%s'", job->args->file);
}

/* Build the whole firmware for this target. */
static bool make_firmware(struct job *job, const struct firmware_target *target, struct ef_err *err)
{
	return firmware_load_bootloader(job->fw, target, err) &&
	       firmware_build(job->fw, target, err);
}

/*
 * Here the chip is known only if --chip, the ELF or the bootloader names it, and
 * the flash size only from --flash-size. Checks that need an unknown fact are left
 * for later.
 */
static bool check_early(struct job *job, struct ef_err *err)
{
	const struct flash_args *a = job->args;
	struct firmware_target target = {
		.chip = a->connect.chip,
		.flash_size = (uint32_t)a->config.size,
		.wants_bootloader = true,
	};

	job->fw->elf_map = job->elf;
	job->elf = (struct ef_map){ .handle = NULL };
	/* The descriptor is for the bootloader, which does not start a program in RAM. */
	if (!firmware_open_elf(job->fw, a->file, !a->ram, monitor_run_app(job->monitor), err))
		return false;
	if (!target.chip)
		target.chip = ef_elf_chip(&job->fw->elf);
	if (!target.chip && !a->ram && !firmware_bootloader_chip(job->fw, &target.chip, err))
		return false;
	job->chip = target.chip;
	if (target.chip && !ef_elf_check_chip(&job->fw->elf, target.chip, err))
		return false;
	if (a->ram)
		return !target.chip || make_ram(job, target.chip, err);
	if (!firmware_load_table(job->fw, &target, err) ||
	    !firmware_mark_erase(job->fw, &a->erase_parts, &a->erase_data_parts, job->erase, err))
		return false;
	return !target.chip || make_firmware(job, &target, err);
}

/* ---- checks that need the chip ---- */

/* A program in RAM never passes the gate: nothing is written. */
static bool check_revision(const struct job *job, const struct ef_device *dev, struct ef_err *err)
{
	uint32_t wanted = job->args->image.min_chip_rev.value;

	if (job->fw->elf.min_revision > wanted)
		wanted = job->fw->elf.min_revision;
	if (job->args->force || !dev->has_revision || dev->revision >= wanted)
		return true;
	ef_fail(err, EF_E_UNSUPP,
		"the chip has revision v%u.%u, and the image needs v%" PRIu32 ".%" PRIu32
		" or later",
		dev->revision / 100u, dev->revision % 100u, wanted / 100, wanted % 100);
	return ef_hint_own(err, "use a board with a later chip; '--force' flashes it all the same");
}

static uint32_t decide_flash_size(struct job *job, const struct ef_device *dev)
{
	uint32_t size = dev->flash_size;

	/* like esptool, keep the header's size while secure download mode hides the real one */
	if (size == 0 && dev->is_secure_download && !job->args->ram)
		size = firmware_header_size(job->fw, dev->chip);
	if (size || job->args->ram)
		return size;
	ui_log(job->cli, EF_LOG_WARN,
	       "The flash size could not be detected: 4MB is assumed "
	       "(override with --flash-size)");
	return FIRMWARE_FLASH_SIZE;
}

/* ---- the bootloader on the chip ---- */

static bool no_bootloader(const struct ef_chip *chip, const char *why, struct ef_err *err)
{
	char text[400];

	(void)ef_snprintf(text, sizeof(text),
			  ": --bootloader names none, the project's build has none, no other "
			  "tool's fits, and the chip's does not work (%s)",
			  why);
	return boot_none(chip, text, true, err);
}

static bool check_bootloader(const struct ef_buf *data, const struct ef_chip *chip,
			     struct ef_image_info *info, struct ef_err *err)
{
	if (!ef_image_parse(data->data, data->len, info, err) || !ef_image_boots(info, err))
		return false;
	if (info->chip_id == chip->image_id)
		return true;
	return ef_fail(err, EF_E_INPUT, "it is for the chip with id %u", info->chip_id);
}

/* Read the image before the table: one sector, then as much as its header announces. */
static bool read_chip_bootloader(struct job *job, uint32_t start, uint32_t room,
				 struct ef_buf *data, struct ef_err *err)
{
	uint64_t need = EF_KIB;

	while (data->len < need && data->len < room) {
		uint64_t end = (need + EF_SECTOR - 1) / EF_SECTOR * EF_SECTOR;
		uint32_t at = (uint32_t)data->len;

		if (end > room)
			end = room;
		if (!ef_flasher_read_labelled(job->session.flasher, start + at, (uint32_t)end - at,
					      "bootloader", sink_to_buf, data, err))
			return false;
		need = ef_image_need(data->data, data->len);
	}
	return true;
}

/* Find out whether the chip has a bootloader that works; *ret_why: the reason if it has none. */
static bool judge_chip_bootloader(struct job *job, const struct ef_device *dev,
				  struct ef_image_info *info, struct ef_err *ret_why,
				  struct ef_err *err)
{
	struct ef_buf data = EF_BUF_INIT(EF_MIB);
	uint32_t start = dev->chip->image.boot_addr, end = job->fw->table_offset;
	bool ok;

	if (end <= start || end - start > data.max) {
		ef_fail(ret_why, EF_E_INPUT, "there is no room before the table");
		return true;
	}
	ui_log(job->cli, EF_LOG_INFO, "No bootloader file was found: reading the chip's");
	ok = read_chip_bootloader(job, start, end - start, &data, err);
	if (ok)
		(void)check_bootloader(&data, dev->chip, info, ret_why);
	ef_buf_release(&data);
	return ok;
}

/*
 * No bootloader file was found. Keep the chip's bootloader if it is valid, and build the app for
 * it. Else use any bootloader that fits.
 */
static bool keep_chip_bootloader(struct job *job, const struct ef_device *dev,
				 struct firmware_target *target, bool *ret_kept, struct ef_err *err)
{
	struct ef_err why = EF_ERR_INIT;
	struct ef_image_info info = { .segment_count = 0 };

	bool is_encrypted;

	*ret_kept = false;
	if (!ef_flasher_is_encrypted(job->session.flasher, &is_encrypted, err))
		return false;
	if (dev->is_secure_download || is_encrypted) {
		ui_log(job->cli, EF_LOG_WARN,
		       "No bootloader was found; the one on the chip can't be read %s, and stays "
		       "as it is",
		       is_encrypted ? "through flash encryption" : "in secure download mode");
		return true;
	}
	if (!judge_chip_bootloader(job, dev, &info, &why, err))
		return false;
	if (why.code != EF_OK) {
		target->takes_any = true;
		return firmware_load_bootloader(job->fw, target, err) &&
		       (job->fw->has_bootloader || no_bootloader(dev->chip, why.msg, err));
	}
	ui_log(job->cli, EF_LOG_INFO, "Bootloader: the one on the chip, kept as it is");
	if (job->args->config.mode_plus || job->args->config.freq_mhz)
		ui_log(job->cli, EF_LOG_WARN,
		       "Flash mode and frequency of the kept bootloader stay as they are: name a "
		       "file with --bootloader to change them");
	firmware_inherit(job->fw, &info);
	*ret_kept = true;
	return true;
}

static bool make_final(struct job *job, const struct ef_device *dev, uint32_t flash_size,
		       struct ef_err *err)
{
	struct firmware_target target = {
		.chip = dev->chip,
		.revision = dev->has_revision ? dev->revision : 0,
		.xtal_mhz = dev->xtal_mhz,
		.flash_size = flash_size,
		.wants_bootloader = true,
		.is_final = true,
	};
	bool is_kept;

	if (!firmware_load_table(job->fw, &target, err) ||
	    !firmware_mark_erase(job->fw, &job->args->erase_parts, &job->args->erase_data_parts,
				 job->erase, err) ||
	    !firmware_load_bootloader(job->fw, &target, err))
		return false;
	if (!job->fw->has_bootloader &&
	    (!keep_chip_bootloader(job, dev, &target, &is_kept, err) ||
	     (is_kept && !firmware_fit_inherited(job->fw, &target, err))))
		return false;
	return firmware_build(job->fw, &target, err);
}

/* ---- on the board ---- */

static enum ef_role role_of(const struct job *job, const struct ef_region *r)
{
	if (r->data == job->fw->app)
		return EF_ROLE_APP;
	return r->data == job->fw->layout.table_bin ? EF_ROLE_TABLE : EF_ROLE_BOOTLOADER;
}

static const char *origin_of(const struct job *job, enum ef_role role)
{
	const char *path = role == EF_ROLE_APP     ? job->args->file
			   : role == EF_ROLE_TABLE ? job->fw->table_from.path
						   : job->fw->bootloader_from.path;

	return *path ? path : NULL;
}

/* Let the gate check what will be erased and written. */
static bool check_plan(struct job *job, struct ef_err *err)
{
	const struct ef_firmware *layout = &job->fw->layout;
	const struct ef_partition_table *t = &job->fw->table;
	struct ef_plan plan = { .regions = job->regions,
				.region_count = layout->count,
				.erases = job->erases,
				.table = t,
				.table_offset = job->fw->table_offset };

	for (size_t i = 0; i < t->count; i++)
		if (job->erase[i])
			job->erases[plan.erase_count++] = (struct ef_plan_erase){
				.addr = t->part[i].offset,
				.len = t->part[i].size,
				.label = t->part[i].name,
			};
	for (size_t i = 0; i < layout->count; i++) {
		enum ef_role role = role_of(job, &layout->region[i]);

		job->regions[i] = (struct ef_plan_region){ .region = layout->region[i],
							   .role = role,
							   .origin = origin_of(job, role),
							   .encrypts = job->args->encrypt };
	}
	job->erase_count = plan.erase_count;
	return gate_pass(job->cli, job->session.flasher, &plan, job->args->force, &job->checked,
			 NULL, err);
}

static bool check_boot(struct job *job, struct ef_err *err)
{
	if (!flash_view_init(&job->view, job->cli, &job->session, err))
		return false;
	job->view.regions = job->regions;
	job->view.region_count = job->fw->layout.count;
	job->view.erases = job->erases;
	job->view.erase_count = job->erase_count;
	return boot_check(&job->view, &job->fw->table, job->fw->layout.app_partition,
			  job->args->boot, &job->boot, err);
}

static bool erase_parts(struct job *job, struct ef_err *err)
{
	const struct ef_partition_table *table = &job->fw->table;
	char type[EF_PART_NAME_SIZE], subtype[EF_PART_NAME_SIZE];
	size_t index = 0;

	for (size_t i = 0; i < table->count; i++) {
		const struct ef_partition *p = &table->part[i];

		if (!job->erase[i])
			continue;
		ef_partition_type_name(p->type, type);
		ef_partition_subtype_name(p->type, p->subtype, subtype);
		ui_log(job->cli, EF_LOG_INFO, "Erasing %s (%s, %s)...", p->name, type, subtype);
		if (!ef_flasher_erase(job->session.flasher, job->checked, index++, err))
			return false;
		work_region(job->cli, p->offset, p->size, p->name, "erased");
	}
	return true;
}

/* Begin the JSON result with what is being flashed, and open the array of regions. */
static void begin_work(struct job *job, const struct ef_device *dev, uint32_t flash_size)
{
	struct json_out *j = work_begin(job->cli, dev, flash_size);

	if (job->args->ram) {
		json_null(j, "app");
		json_null(j, "bootloader");
		json_null(j, "partition_table");
		json_null(j, "boots");
	} else {
		firmware_json(job->fw, j);
		boot_check_json(&job->boot, j);
	}
	json_begin_array(j, "regions");
}

static bool write_flash(struct job *job, struct ef_err *err)
{
	const struct flash_args *a = job->args;
	const struct ef_write_opts opts = { .no_verify = a->no_verify, .no_skip = a->no_skip };
	struct ef_write_stats stats = { .bytes = 0 };
	struct ef_start_expect expect;
	struct ef_app_desc desc;
	const struct after_write after = {
		.after = (enum ef_after)a->connect.after,
		.wants_start = !a->monitor && !a->no_listen,
		.needs_start = a->require_start,
		.done = "Flashing has completed!",
		.expect = &expect,
	};

	firmware_expect(job->fw, &desc, &expect);
	if (!erase_parts(job, err))
		return false;
	if (!job->cli->is_json)
		firmware_print_size(job->fw, job->cli->out);
	return ef_flasher_write(job->session.flasher, job->checked, &opts, &stats, err) &&
	       boot_check_apply(&job->boot, err) &&
	       after_write(job->cli, &job->session, &stats, &after, err);
}

static bool load_ram(struct job *job, const struct ef_device *dev, struct ef_err *err)
{
	if (!make_ram(job, dev->chip, err) ||
	    !ef_flasher_load_ram(job->session.flasher, job->ram, job->ram_count, job->fw->elf.entry,
				 err))
		return false;
	for (size_t i = 0; i < job->ram_count; i++)
		work_region(job->cli, job->ram[i].addr, job->ram[i].len, job->ram[i].label,
			    "loaded");
	ui_log(job->cli, EF_LOG_INFO, "The app was loaded into RAM and started");
	return true;
}

static bool run_on_board(struct job *job, struct ef_err *err)
{
	const struct ef_device *dev = ef_flasher_device(job->session.flasher);
	uint32_t flash_size = decide_flash_size(job, dev);

	if (!job->cli->is_json)
		device_print(job->cli->out, dev, flash_size);
	if (!ef_elf_check_chip(&job->fw->elf, dev->chip, err))
		return false;
	if (job->args->ram) {
		if (!check_revision(job, dev, err))
			return false;
		begin_work(job, dev, flash_size);
		return work_end(job->cli, load_ram(job, dev, err), err);
	}
	if (!make_final(job, dev, flash_size, err) || !check_plan(job, err) ||
	    !check_boot(job, err))
		return false;
	begin_work(job, dev, flash_size);
	return work_end(job->cli, write_flash(job, err), err);
}

/* Create the monitor before anything else, so that its options are checked. */
static bool open_monitor(struct job *job, struct ef_err *err)
{
	const struct flash_args *a = job->args;

	if (a->monitor)
		job->monitor = monitor_run_new(job->cli, &a->mon, a->file,
					       job->elf.handle ? &job->elf : NULL, err);
	return !a->monitor || job->monitor;
}

/* Connect, and compress the app meanwhile: it is the longest part, and mostly known by now. */
static bool open_board(struct job *job, const struct connect_args *connect, struct ef_err *err)
{
	const struct ef_region app = { 0, job->fw->app, (uint32_t)job->fw->app_len, "app" };

	return session_open_to_write(job->cli, connect, &app, &job->session, err);
}

bool cmd_flash(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct flash_args *a = args;
	struct job job = { .cli = cli, .args = a, .session = SESSION_INIT };
	struct connect_args connect = a->connect;
	bool ok = false;

	if (!a->ram && thing_is(a->file, &job.elf))
		return cmd_flash_thing(cli, a, err);
	if (!thing_not_elf(cli, a->file, err))
		goto out;
	connect.flash_size = a->config.size;
	job.fw = firmware_new(cli, &a->config, &a->image, &a->idf, err);
	if (!job.fw || !open_monitor(&job, err) || !check_early(&job, err))
		goto out;
	if (a->dry_run) {
		ok = firmware_show_plan(cli, job.fw, job.chip, a->encrypt, err);
		goto out;
	}
	if (!open_board(&job, &connect, err) || !run_on_board(&job, err))
		goto out;
	ok = !a->monitor || monitor_after(job.monitor, &job.session, &a->connect, a->ram, err);
out:
	session_close(&job.session);
	free(job.ram);
	free(job.ram_block);
	firmware_free(job.fw);
	ef_map_release(&job.elf);
	monitor_run_free(job.monitor);
	return ok;
}
