/* SPDX-License-Identifier: MIT */
/*
 * Merges parts that share a sector: flash is erased in sectors, so such parts must be written as
 * one. The erase leaves 0xff between them.
 */
#include "input/input_priv.h"

uint32_t input_content_end(const uint8_t *data, uint32_t start, uint32_t least, uint32_t end)
{
	size_t read_to = end;

	while (end > least) {
		uint32_t sector = (end - 1) / EF_SECTOR * EF_SECTOR;

		if (end % EF_MIB == 0)
			ef_map_passed(data, read_to);
		if (sector < start)
			sector = start;
		if (!ef_is_blank(data + sector, end - sector))
			break;
		end = sector;
	}
	return end > least ? end : least;
}

static bool shares_sector(const struct ef_input_part *a, const struct ef_input_part *b)
{
	return !b->is_app && (a->addr + a->len - 1) / EF_SECTOR == b->addr / EF_SECTOR;
}

/* Make one part of these neighbours. */
static bool join(struct ef_input *in, struct ef_input_part *first, size_t count, struct ef_err *err)
{
	const struct ef_input_part *last = first + count - 1;
	uint32_t len = last->addr + last->len - first->addr;
	uint8_t *data = input_alloc(in, len, err);

	if (!data)
		return false;
	memset(data, 0xff, len);
	for (size_t i = 0; i < count; i++) {
		memcpy(data + (first[i].addr - first->addr), first[i].data, first[i].len);
		if (strcmp(first->name, first[i].name) != 0) {
			size_t at = strlen(first->name);

			(void)ef_snprintf(first->name + at, sizeof(first->name) - at, "+%s",
					  first[i].name);
			first->role = EF_ROLE_UNKNOWN;
		}
		if (strcmp(first->origin, first[i].origin) != 0)
			first->origin[0] = '\0';
	}
	first->data = data;
	first->len = len;
	return true;
}

bool input_join_sectors(struct ef_input *in, struct ef_err *err)
{
	size_t kept = 0;

	for (size_t i = 0, n; i < in->part_count; i += n) {
		for (n = 1; i + n < in->part_count &&
			    shares_sector(&in->parts[i + n - 1], &in->parts[i + n]);)
			n++;
		if (n > 1 && !join(in, &in->parts[i], n, err))
			return false;
		in->parts[kept++] = in->parts[i];
	}
	in->part_count = kept;
	return true;
}
