/* SPDX-License-Identifier: MIT */
/*
 * Writes Intel HEX ("Hexadecimal Object File Format Specification", Revision A, 1988) as esptool
 * writes it with Python's intelhex: regions that touch each other are one run of bytes; a record
 * has 16 bytes, fewer at the end of a run and before a multiple of 64 KiB; the upper half of an
 * address precedes the first record with it, unless all addresses fit 16 bits.
 */
#include <stdlib.h>

#include "image/image_priv.h"
#include "image/output_priv.h"

#define RECORD     16u
#define RECORD_MAX (1 + 2 * (4 + RECORD + 1) + 1) /* ':', address, data, sum, LF */

enum { TYPE_DATA = 0, TYPE_LINEAR = 4 };

static const char end_record[] = ":00000001FF\n";

struct writer {
	const struct ef_region *regions;
	size_t count;
	size_t region; /* the position of the next byte */
	uint32_t off;
	uint8_t *out;
	size_t len;
};

static void put_byte(struct writer *w, uint8_t value, uint8_t *sum)
{
	static const char digits[] = "0123456789ABCDEF";

	w->out[w->len++] = (uint8_t)digits[value >> 4];
	w->out[w->len++] = (uint8_t)digits[value & 0xf];
	*sum = (uint8_t)(*sum + value);
}

static void put_record(struct writer *w, uint8_t type, uint16_t addr, const uint8_t *data,
		       uint8_t len)
{
	uint8_t sum = 0;

	w->out[w->len++] = ':';
	put_byte(w, len, &sum);
	put_byte(w, (uint8_t)(addr >> 8), &sum);
	put_byte(w, (uint8_t)addr, &sum);
	put_byte(w, type, &sum);
	for (unsigned i = 0; i < len; i++)
		put_byte(w, data[i], &sum);
	put_byte(w, (uint8_t)(0u - sum), &sum);
	w->out[w->len++] = '\n';
}

/* Move on to a region that has bytes left; false: there is none. */
static bool find_byte(struct writer *w, uint32_t *ret_addr)
{
	while (w->region < w->count && w->off == w->regions[w->region].len) {
		w->region++;
		w->off = 0;
	}
	if (w->region == w->count)
		return false;
	*ret_addr = w->regions[w->region].addr + w->off;
	return true;
}

/* Collect the bytes of a record that begins at addr, perhaps from several regions. */
static uint8_t take(struct writer *w, uint32_t addr, uint8_t ret[RECORD])
{
	uint8_t len = 0;
	uint32_t next = addr;

	while (len < RECORD && (len == 0 || next % 0x10000 != 0) && find_byte(w, &next) &&
	       next == addr + len) {
		ret[len++] = w->regions[w->region].data[w->off++];
		next = addr + len;
	}
	return len;
}

static void write_all(struct writer *w, bool is_long)
{
	uint32_t addr, high = UINT32_MAX;
	uint8_t data[RECORD];

	while (find_byte(w, &addr)) {
		uint8_t upper[2] = { (uint8_t)(addr >> 24), (uint8_t)(addr >> 16) };

		if (is_long && addr >> 16 != high) {
			high = addr >> 16;
			put_record(w, TYPE_LINEAR, 0, upper, sizeof(upper));
		}
		put_record(w, TYPE_DATA, (uint16_t)addr, data, take(w, addr, data));
	}
	memcpy(w->out + w->len, end_record, sizeof(end_record) - 1);
	w->len += sizeof(end_record) - 1;
}

/*
 * The upper limit: each region and each 64 KiB begins a record, perhaps with an address before it.
 */
static uint64_t room_for(const struct ef_region *regions, size_t count)
{
	uint64_t records = 1;

	for (size_t i = 0; i < count; i++)
		records += regions[i].len / RECORD + 2 * (regions[i].len / 0x10000 + 2);
	return records * RECORD_MAX + sizeof(end_record);
}

bool ef_output_ihex(const struct ef_region *regions, size_t count, uint8_t **ret, size_t *ret_len,
		    struct ef_err *err)
{
	struct writer w = { .regions = regions, .count = count };
	const struct ef_region *last = count ? &regions[count - 1] : NULL;
	uint64_t room, content = 0;

	if (!output_check(regions, count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		content += regions[i].len;
	if (content > EF_MAX_IMAGE)
		return ef_fail(err, EF_E_INPUT, "the content is larger than any flash chip");
	room = room_for(regions, count);
	w.out = malloc((size_t)room);
	if (!w.out)
		return ef_fail(err, EF_E_IO, "out of memory for %llu bytes",
			       (unsigned long long)room);
	write_all(&w, last && (uint64_t)last->addr + last->len > 0x10000);
	*ret = w.out;
	*ret_len = w.len;
	return true;
}
