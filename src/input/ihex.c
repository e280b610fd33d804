/* SPDX-License-Identifier: MIT */
/*
 * Reads Intel HEX ("Hexadecimal Object File Format Specification", Revision A, 1988): addresses are
 * flash offsets, as esptool's merge-bin and write-flash have it. Nothing is written between the
 * records.
 */
#include "input/input_priv.h"

enum { RECORD_DATA = 0, RECORD_END = 1, RECORD_SEGMENT = 2, RECORD_LINEAR = 4 };

struct ihex {
	const uint8_t *p, *end;
	const uint8_t *passed; /* the pages of a mapped file up to here have left memory */
	unsigned line;
	uint32_t base;
	uint8_t *out; /* all data so far, in the order of the file */
	size_t out_len;
	struct ef_input *in;
	struct ef_input_part *part; /* the run that grows */
	const char *file;
};

struct record {
	uint8_t len, type, data[255];
	uint16_t addr;
};

static bool fail_line(const struct ihex *h, const char *what, struct ef_err *err)
{
	return ef_fail(err, EF_E_INPUT, "line %u of the HEX file %s", h->line, what);
}

static bool get_byte(struct ihex *h, uint8_t *sum, uint8_t *ret)
{
	int high, low;

	if (h->end - h->p < 2)
		return false;
	high = ef_digit_value((char)h->p[0]);
	low = ef_digit_value((char)h->p[1]);
	if (high < 0 || low < 0)
		return false;
	h->p += 2;
	*ret = (uint8_t)(high << 4 | low);
	*sum = (uint8_t)(*sum + *ret);
	return true;
}

static bool get_record(struct ihex *h, struct record *r, struct ef_err *err)
{
	uint8_t sum = 0, high, low, check;
	bool ok;

	if (*h->p++ != ':')
		return fail_line(h, "does not begin with ':'", err);
	ok = get_byte(h, &sum, &r->len) && get_byte(h, &sum, &high) && get_byte(h, &sum, &low) &&
	     get_byte(h, &sum, &r->type);
	for (unsigned i = 0; ok && i < r->len; i++)
		ok = get_byte(h, &sum, &r->data[i]);
	if (!ok || !get_byte(h, &sum, &check))
		return fail_line(h, "is cut off, or has other characters than hexadecimal digits",
				 err);
	r->addr = (uint16_t)(high << 8 | low);
	return sum == 0 || fail_line(h, "has a wrong checksum", err);
}

static bool add_data(struct ihex *h, const struct record *r, struct ef_err *err)
{
	uint64_t addr = (uint64_t)h->base + r->addr;

	if (addr + r->len > UINT32_MAX)
		return fail_line(h, "is beyond 4 GiB", err);
	if (r->len == 0)
		return true;
	if (!h->part || (uint64_t)h->part->addr + h->part->len != addr) {
		h->part = input_add(h->in, err);
		if (!h->part)
			return false;
		h->part->addr = (uint32_t)addr;
		h->part->data = h->out + h->out_len;
		(void)ef_snprintf(h->part->name, sizeof(h->part->name), "0x%x", (unsigned)addr);
		(void)ef_strlcpy(h->part->origin, sizeof(h->part->origin), h->file);
		ef_clean_text(h->part->origin);
	}
	memcpy(h->out + h->out_len, r->data, r->len);
	h->out_len += r->len;
	h->part->len += r->len;
	return true;
}

static bool take_record(struct ihex *h, const struct record *r, bool *is_end, struct ef_err *err)
{
	if (r->type == RECORD_DATA)
		return add_data(h, r, err);
	*is_end = r->type == RECORD_END;
	if ((r->type == RECORD_SEGMENT || r->type == RECORD_LINEAR) && r->len != 2)
		return fail_line(h, "has an address of another length than 2", err);
	if (r->type == RECORD_SEGMENT)
		h->base = (uint32_t)(r->data[0] << 8 | r->data[1]) << 4;
	else if (r->type == RECORD_LINEAR)
		h->base = (uint32_t)(r->data[0] << 8 | r->data[1]) << 16;
	return true; /* start addresses (types 3 and 5) have no meaning for flash */
}

static void skip_blanks(struct ihex *h)
{
	while (h->p < h->end && (*h->p == '\n' || *h->p == '\r' || *h->p == ' '))
		h->line += *h->p++ == '\n';
}

static bool ihex_is(const struct input_src *src)
{
	return src->data && src->content == EF_CONTENT_IHEX;
}

static bool ihex_read(const struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	struct ihex h = {
		.p = src->data, .end = src->data + src->len, .line = 1, .in = in, .file = src->name
	};
	struct record r;
	bool is_end = false;

	h.out = input_alloc(in, src->len / 2, err);
	if (!h.out)
		return false;
	h.passed = h.p;
	for (skip_blanks(&h); h.p < h.end && !is_end; skip_blanks(&h)) {
		if (!get_record(&h, &r, err) || !take_record(&h, &r, &is_end, err))
			return false;
		if ((size_t)(h.p - h.passed) >= EF_MIB) {
			ef_map_passed(h.passed, (size_t)(h.p - h.passed));
			h.passed = h.p;
		}
	}
	if (!is_end)
		return ef_fail(err, EF_E_INPUT,
			       "the HEX file is cut off: its last record is missing");
	return input_finish_runs(src, in, err);
}

const struct input_format input_ihex = { .name = "Intel HEX", .is = ihex_is, .read = ihex_read };
