/* SPDX-License-Identifier: MIT */
/* Writes regions as one raw file, and has the check with which every form of output begins. */
#include <stdlib.h>

#include "image/image_priv.h"
#include "image/output_priv.h"

#define EMPTY 0xff

bool output_check(const struct ef_region *regions, size_t count, struct ef_err *err)
{
	uint64_t end = 0;

	for (size_t i = 0; i < count; i++) {
		const struct ef_region *r = &regions[i];

		if (r->addr < end)
			return ef_fail(err, EF_E_INPUT,
				       "the %s at 0x%08x overlaps the region before it", r->label,
				       r->addr);
		end = (uint64_t)r->addr + r->len;
	}
	return end <= UINT32_MAX || ef_fail(err, EF_E_INPUT, "the content ends beyond 4 GiB");
}

/* Return the end of the last region. */
static uint32_t end_of(const struct ef_region *regions, size_t count, uint32_t start)
{
	return count ? regions[count - 1].addr + regions[count - 1].len : start;
}

static bool check_place(const struct ef_region *regions, size_t count, uint32_t start, uint32_t end,
			struct ef_err *err)
{
	uint32_t content = end_of(regions, count, start);

	if (count && regions[0].addr < start)
		return ef_fail(err, EF_E_INPUT,
			       "the %s at 0x%08x lies before 0x%08x, where the "
			       "file begins",
			       regions[0].label, regions[0].addr, start);
	if (end && content > end)
		return ef_fail(err, EF_E_INPUT,
			       "the firmware ends at 0x%08x, beyond the %s of flash", content,
			       ef_flash_size_name(end));
	if (end)
		content = end;
	if (content < start || content - start <= EF_MAX_IMAGE)
		return true;
	return ef_fail(err, EF_E_INPUT, "a file of %u bytes is larger than any flash chip",
		       content - start);
}

bool ef_output_raw(const struct ef_region *regions, size_t count, uint32_t start, uint32_t end,
		   uint8_t **ret, size_t *ret_len, struct ef_err *err)
{
	size_t len;
	uint8_t *file;

	if (!output_check(regions, count, err) || !check_place(regions, count, start, end, err))
		return false;
	if (!end)
		end = end_of(regions, count, start);
	len = end > start ? end - start : 0;
	file = malloc(len ? len : 1);
	if (!file)
		return ef_fail(err, EF_E_IO, "out of memory for %zu bytes", len);
	memset(file, EMPTY, len);
	for (size_t i = 0; i < count; i++)
		if (regions[i].len)
			memcpy(file + (regions[i].addr - start), regions[i].data, regions[i].len);
	*ret = file;
	*ret_len = len;
	return true;
}
