/* SPDX-License-Identifier: MIT */
/* load-ram and run: they start a program by the loader, and do not change the flash. */
#include "cli/cmd/cmd.h"

#include <inttypes.h>
#include <stdlib.h>

#include "cli/board/session.h"
#include "cli/board/start.h"
#include "cli/board/start_require.h"
#include "cli/board/work.h"
#include "cli/ui/json_out.h"
#include "cli/ui/ui.h"
#include "base/util.h"
#include <espflash/image.h>
#include <espflash/memory.h>

/* ---- load-ram ---- */

/* A program for RAM. regions point into file or block. */
struct ram_program {
	struct ef_map file;
	struct ef_elf elf;
	bool is_elf;
	struct ef_image_info image; /* not set if is_elf */
	struct ef_region *regions;
	uint8_t *block;
	size_t count;
	uint32_t entry;
};

static void program_release(struct ram_program *p)
{
	if (p->is_elf)
		ef_elf_release(&p->elf);
	free(p->regions);
	free(p->block);
	ef_map_release(&p->file);
}

static bool program_open(struct ram_program *p, const char *path, struct ef_err *err)
{
	if (!ef_map_open(&p->file, path, EF_MAX_ELF, err))
		return false;
	if (ef_is_elf(p->file.data, p->file.len)) {
		p->is_elf = ef_elf_open(&p->elf, p->file.data, p->file.len, err);
		return p->is_elf || ef_context(err, "program '%s'", path);
	}
	return (ef_image_parse(p->file.data, p->file.len, &p->image, err) &&
		ef_image_verify(&p->image, err)) ||
	       ef_context(err, "program '%s'", path);
}

static bool check_segment(const struct ef_segment *seg, const struct ef_chip *chip,
			  struct ef_err *err)
{
	if (!ef_chip_is_flash_addr(chip, seg->addr))
		return true;
	ef_fail(err, EF_E_INPUT,
		"the segment at 0x%08" PRIx32 " is mapped from flash: this image can't be loaded "
		"to RAM",
		seg->addr);
	return ef_hint_own(err,
			   "link the program for RAM, or write the image to flash (write-bin)");
}

static bool image_regions(struct ram_program *p, const struct ef_chip *chip, struct ef_err *err)
{
	const struct ef_image_info *i = &p->image;

	if (i->chip_id != chip->image_id) {
		ef_fail(err, EF_E_INPUT, "the image is for the chip with id %u, not for %s",
			i->chip_id, chip->label);
		return ef_hint_own(err, "build it for %s, or connect or name the other chip",
				   chip->label);
	}
	p->regions = calloc(i->segment_count, sizeof(*p->regions));
	if (!p->regions)
		return ef_fail(err, EF_E_IO, "out of memory");
	for (unsigned n = 0; n < i->segment_count; n++) {
		const struct ef_segment *seg = &i->segment[n];

		/* padding has no address */
		if (seg->addr == 0 || seg->len == 0)
			continue;
		if (!check_segment(seg, chip, err))
			return false;
		p->regions[p->count++] = (struct ef_region){ seg->addr, p->file.data + seg->off,
							     seg->len, "segment" };
	}
	p->entry = i->entry;
	return true;
}

/* Make the regions for this chip, unless they are made already. */
static bool program_place(struct ram_program *p, const char *path, const struct ef_chip *chip,
			  struct ef_err *err)
{
	bool ok;

	if (p->regions)
		return true;
	if (p->is_elf) {
		p->entry = p->elf.entry;
		ok = ef_elf_check_chip(&p->elf, chip, err) &&
		     ef_image_ram_segments(&p->elf, chip, &p->regions, &p->count, &p->block, err);
	} else {
		ok = image_regions(p, chip, err);
	}
	if (ok && p->entry == 0)
		ok = ef_fail(err, EF_E_INPUT, "the program has no entry point");
	return ok || ef_context(err, "program '%s'", path);
}

static bool program_check_early(struct ram_program *p, const struct load_ram_args *a,
				struct ef_err *err)
{
	const struct ef_chip *chip = a->connect.chip;

	if (!chip)
		chip = p->is_elf ? ef_elf_chip(&p->elf) : ef_chip_by_image_id(p->image.chip_id);
	return !chip || program_place(p, a->file, chip, err);
}

static bool check_chip(const struct ram_program *p, const struct ef_device *dev, struct ef_err *err)
{
	const struct ef_chip *other;

	if (dev->is_secure_download)
		return ef_fail(err, EF_E_UNSUPP,
			       "the chip is in secure download mode, which loads no programs");
	if (p->is_elf)
		return ef_elf_check_chip(&p->elf, dev->chip, err);
	if (p->image.chip_id == dev->chip->image_id)
		return true;
	other = ef_chip_by_image_id(p->image.chip_id);
	ef_fail(err, EF_E_INPUT, "the image is for %s (id %u), and this is %s",
		other ? other->label : "an unknown chip", p->image.chip_id, dev->chip->label);
	return ef_hint_own(err, "build it for %s, or connect the other chip", dev->chip->label);
}

static bool load(struct cli *cli, const struct load_ram_args *a, struct ram_program *p,
		 struct session *s, struct ef_err *err)
{
	const struct ef_device *dev = ef_flasher_device(s->flasher);
	struct json_out *j = work_begin(cli, dev, dev->flash_size);

	if (!check_chip(p, dev, err) || !program_place(p, a->file, dev->chip, err))
		return false;
	json_number(j, "entry", p->entry);
	json_begin_array(j, "regions");
	if (!ef_flasher_load_ram(s->flasher, p->regions, p->count, p->entry, err))
		return false;
	for (size_t i = 0; i < p->count; i++)
		work_region(cli, p->regions[i].addr, p->regions[i].len, p->regions[i].label,
			    "loaded");
	ui_log(cli, EF_LOG_INFO, "%zu segment%s loaded to RAM, started at 0x%08" PRIx32, p->count,
	       p->count == 1 ? " was" : "s were", p->entry);
	return true;
}

bool cmd_load_ram(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct load_ram_args *a = args;
	struct ram_program p = { .count = 0 };
	struct session s = SESSION_INIT;
	bool ok;

	ok = program_open(&p, a->file, err) && program_check_early(&p, a, err) &&
	     session_open_chip(cli, &a->connect, &s, err) && load(cli, a, &p, &s, err);
	session_close(&s);
	program_release(&p);
	return work_end(cli, ok, err);
}

/* ---- run ---- */

/* Build the JSON result: the method is what ef_flasher_run does on this chip and port. */
static bool run_json(struct cli *cli, const struct session *s, int after,
		     const struct ef_start *start, struct ef_err *err)
{
	const struct ef_chip *chip = ef_flasher_device(s->flasher)->chip;
	bool has_lines = after == EF_AFTER_HARD_RESET && s->port->caps & EF_PORT_HAS_LINES;
	bool by_rom = after != EF_AFTER_WATCHDOG_RESET && chip->flags & EF_CHIP_ROM_RUNS_FLASH;
	struct json_out *j;

	if (!cli->is_json)
		return true;
	j = json_new(cli->command);
	json_text(j, "method", has_lines ? "lines" : by_rom ? "loader" : "watchdog");
	json_text(j, "chip", chip->name);
	json_text(j, "proof", start->state == EF_START_RUNNING ? start->line : NULL);
	start_json(start, j);
	return ui_result(cli, j, err);
}

bool cmd_run(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct lines_args *a = args;
	struct connect_args connect = a->connect;
	struct session s = SESSION_INIT;
	struct ef_start start;
	bool ok;

	/* The ROM loader can start the app in cases where a stub can't... */
	connect.no_stub = true;
	/* ... and must stay at its own rate, which is the app's. */
	connect.baud.value = EF_RATE_ROM;
	if (!session_open(cli, &connect, &s, err))
		return false;
	ui_log(cli, EF_LOG_INFO, "Starting the app in flash");
	ef_flasher_will_listen(s.flasher);
	if (connect.after == EF_AFTER_WATCHDOG_RESET)
		ok = ef_flasher_finish(s.flasher, (enum ef_after)connect.after, err);
	else
		ok = ef_flasher_run(s.flasher, connect.after == EF_AFTER_HARD_RESET, err);
	ok = ok && start_listen(cli, &s, NULL, &start, err) &&
	     run_json(cli, &s, connect.after, &start, err) &&
	     start_judge(cli, "the start failed:", NULL, &start, err) &&
	     (!a->require_start || start_require(&start, err));
	session_close(&s);
	return ok;
}
