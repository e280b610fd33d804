/* SPDX-License-Identifier: MIT */
/* Reads the pairs of place and file, and checks that they fit the flash and do not overlap. */
#include "cli/firmware/pairs.h"

#include <inttypes.h>
#include <string.h>

static bool check_overlap(const struct pair *a, const struct pair *b, struct ef_err *err)
{
	if (a->place.addr >= b->place.addr + (uint64_t)b->file.len ||
	    b->place.addr >= a->place.addr + (uint64_t)a->file.len)
		return true;
	ef_fail(err, EF_E_INPUT,
		"'%s' (%zu bytes at 0x%08" PRIx32 ") and '%s' (%zu bytes at 0x%08" PRIx32
		") overlap",
		a->path, a->file.len, a->place.addr, b->path, b->file.len, b->place.addr);
	return ef_hint_own(err, "move one of them to another address, or leave it out");
}

/* Check the last pair against those before it whose places are known without the board, too. */
static bool check_known(struct pairs *p, struct ef_err *err)
{
	struct pair *last = &p->pair[p->count - 1];

	if (!place_known(&p->table, last->text, &last->place.addr))
		return true;
	for (struct pair *pair = p->pair; pair < last; pair++)
		if (place_known(&p->table, pair->text, &pair->place.addr) &&
		    !check_overlap(pair, last, err))
			return false;
	return true;
}

static bool open_pair(struct pairs *p, const char *text, const char *path, struct ef_err *err)
{
	struct pair *pair = &p->pair[p->count];

	*pair = (struct pair){ .text = text, .path = path };
	if (!place_check(&p->table, text, err) ||
	    !ef_map_open(&pair->file, path, EF_MAX_IMAGE, err))
		return false;
	p->count++;
	if (pair->file.len)
		return check_known(p, err);
	ef_fail(err, EF_E_INPUT, "'%s' is empty", path);
	return ef_hint_own(err, "leave it out, or make it again");
}

static bool is_paired(const struct opt_list *list, struct ef_err *err)
{
	if (list->count % 2 == 0)
		return true;
	ef_fail(err, EF_E_USAGE, "'%s' has no file", list->item[list->count - 1]);
	return ef_hint_own(err, "places and files come in pairs: ADDRESS FILE ADDRESS FILE");
}

static bool open_list(struct pairs *p, const struct opt_list *list, struct ef_err *err)
{
	for (size_t i = 0; i < list->count; i += 2)
		if (!open_pair(p, list->item[i], list->item[i + 1], err))
			return false;
	return true;
}

bool pairs_open(struct pairs *p, const struct pairs_args *args, const struct table_args *table,
		struct ef_err *err)
{
	p->count = 0;
	return is_paired(&args->more, err) && table_open(&p->table, table, err) &&
	       open_pair(p, args->place, args->file, err) && open_list(p, &args->more, err);
}

bool pairs_encrypt(struct pairs *p, bool all, const struct opt_list *more, struct ef_err *err)
{
	size_t first = all ? 0 : p->count;

	if (!is_paired(more, err) || !open_list(p, more, err))
		return false;
	for (size_t i = first; i < p->count; i++)
		p->pair[i].encrypts = true;
	return true;
}

bool pair_fail_encrypted(const char *name, uint32_t addr, struct ef_err *err)
{
	return ef_fail(err, EF_E_INPUT,
		       "'%s' is to be encrypted, and 0x%08" PRIx32 " is not a multiple of 0x1000: "
		       "what is before it in its sector can't be kept",
		       name, addr);
}

bool pair_check_encrypted(const struct pair *pair, struct ef_err *err)
{
	if (!pair->encrypts || pair->place.addr % EF_SECTOR == 0)
		return true;
	pair_fail_encrypted(pair->path, pair->place.addr, err);
	return ef_hint_own(err, "write the sector as a whole, in one file");
}

void pairs_release(struct pairs *p)
{
	for (size_t i = 0; i < p->count; i++)
		ef_map_release(&p->pair[i].file);
	p->count = 0;
}

const char *pair_label(const struct pair *pair)
{
	return pair->place.part ? pair->place.part->name : ef_base_name(pair->path);
}

void pair_json(struct json_out *j, const struct pair *pair)
{
	json_number(j, "address", pair->place.addr);
	json_number(j, "size", pair->file.len);
	json_text(j, "partition", pair->place.part ? pair->place.part->name : NULL);
	json_text(j, "file", pair->path);
}

static bool check_room(const struct pair *pair, uint32_t flash_size, struct ef_err *err)
{
	uint32_t limit = flash_size ? flash_size : UINT32_MAX;
	size_t len = pair->file.len; /* at most EF_MAX_IMAGE */

	if (pair->place.part && len > pair->place.room) {
		ef_fail(err, EF_E_INPUT, "'%s' has %zu bytes, and partition '%s' only %" PRIu32,
			pair->path, len, pair->place.part->name, pair->place.room);
		return ef_hint_own(err,
				   "choose a partition that is larger, or enlarge this one in the "
				   "partition table");
	}
	if (ef_range_ok(pair->place.addr, (uint32_t)len, limit))
		return true;
	ef_fail(err, EF_E_INPUT,
		"'%s' (%zu bytes at 0x%08" PRIx32 ") passes the end of the flash at 0x%08" PRIx32,
		pair->path, len, pair->place.addr, limit);
	return ef_hint_own(err, "choose a lower address; 'flash-id' shows the flash size");
}

bool pairs_place(struct cli *cli, struct pairs *p, struct session *s, struct ef_err *err)
{
	uint32_t flash_size = ef_flasher_device(s->flasher)->flash_size;

	for (size_t i = 0; i < p->count; i++) {
		struct pair *pair = &p->pair[i];

		if (!place_find(cli, &p->table, s, pair->text, &pair->place, err) ||
		    !check_room(pair, flash_size, err))
			return false;
		for (size_t k = 0; k < i; k++)
			if (!check_overlap(&p->pair[k], pair, err))
				return false;
	}
	return true;
}
