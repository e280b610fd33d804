/* SPDX-License-Identifier: MIT */
/*
 * Finds the sectors that differ by the chip's MD5s, which is many times as fast as reading them
 * all, and reads the first ones, to name the byte. Knows which bytes can't be a cipher's.
 */
#include "cli/board/difference.h"

#include <string.h>

#include "cli/board/confirm.h"
#include "base/hash.h"
#include "base/util.h"

/* The search asks for the MD5 of this many sectors at once, and only if it differs for each one. */
#define GROUP 16u
/*
 * The chips encrypt 16 bytes at a time, the ESP32 32 (ESP-IDF, security guide "Flash Encryption").
 * A block of the cipher is at a multiple of its size.
 */
#define CIPHER_BLOCK 32u

/* ---- MD5s ---- */

bool difference_none(const struct content *c, bool *ret, struct ef_err *err)
{
	struct confirm_range q = { c->f, c->addr, c->len };
	uint8_t want[EF_MD5_LEN], got[EF_MD5_LEN];

	ef_md5(c->data, c->len, want);
	if (!confirm_ask_md5(&q, got, err))
		return false;
	if (memcmp(want, got, sizeof(got)) != 0 &&
	    !confirm_again(confirm_ask_md5, &q, got, sizeof(got), err))
		return false;
	*ret = memcmp(want, got, sizeof(got)) == 0;
	return true;
}

struct search {
	const struct content *c;
	struct difference *ret;
	uint32_t next;                      /* the first sector that was not asked for */
	uint32_t part[DIFFERENCE_READ_MAX]; /* the first sectors that differ, ascending */
};

static uint32_t offset_of(const struct search *s, uint32_t sector)
{
	uint64_t at = (uint64_t)sector * EF_SECTOR;

	return at < s->c->len ? (uint32_t)at : s->c->len;
}

/* *ret: whether the flash holds these sectors of the content. */
static bool are_same(struct search *s, uint32_t from, uint32_t to, bool *ret, struct ef_err *err)
{
	struct content part = *s->c;
	uint32_t at = offset_of(s, from);

	part.addr += at;
	part.data += at;
	part.len = offset_of(s, to) - at;
	if (!difference_none(&part, ret, err))
		return false;
	/* each stretch of this length contains a whole block */
	s->ret->has_plain |= *ret && part.len >= 2 * CIPHER_BLOCK;
	return true;
}

/* Return whether more sectors differ than are read. */
static bool is_full(const struct search *s)
{
	return s->ret->differ > DIFFERENCE_READ_MAX;
}

static bool is_plain(const struct search *s)
{
	return s->ret->has_plain;
}

static bool ask_sector(struct search *s, struct ef_err *err)
{
	bool is_same;

	if (!are_same(s, s->next, s->next + 1, &is_same, err))
		return false;
	if (!is_same && s->ret->differ < DIFFERENCE_READ_MAX)
		s->part[s->ret->differ] = s->next;
	s->ret->differ += !is_same;
	s->next++;
	return true;
}

/* Continue the search until its end, or until is_enough returns true. */
static bool search(struct search *s, bool (*is_enough)(const struct search *s), struct ef_err *err)
{
	uint32_t n = s->ret->sectors;

	while (s->next < n && !is_enough(s)) {
		uint32_t to = s->next + GROUP < n ? s->next + GROUP : n;
		bool is_same = false;

		if (s->next % GROUP == 0 && n > GROUP && !are_same(s, s->next, to, &is_same, err))
			return false;
		if (is_same)
			s->next = to;
		else if (!ask_sector(s, err))
			return false;
	}
	return true;
}

/* ---- bytes ---- */

/* The sectors that are being compared. */
struct comparison {
	const struct content *c;
	struct difference *ret;
	uint32_t pos;
	uint32_t same, blank; /* bytes in a row until now */
};

/* The chance that ciphertext looks like two runs that fill the block is 2^-256. */
static void judge_byte(struct comparison *x, uint8_t is, uint8_t want)
{
	x->same = is == want ? x->same + 1 : 0;
	x->blank = is == 0xff ? x->blank + 1 : 0;
	if ((x->c->addr + x->pos + 1) % CIPHER_BLOCK == 0 &&
	    (x->same >= CIPHER_BLOCK || x->blank >= CIPHER_BLOCK))
		x->ret->has_plain = true;
}

static bool compare_bytes(void *user, const uint8_t *data, size_t len, struct ef_err *err)
{
	struct comparison *x = user;

	(void)err;
	for (size_t i = 0; i < len; i++, x->pos++) {
		uint8_t want = x->c->data[x->pos];

		judge_byte(x, data[i], want);
		if (data[i] == want)
			continue;
		if (x->ret->bytes++ == 0) {
			x->ret->first = x->pos;
			x->ret->first_byte = data[i];
		}
	}
	return true;
}

static bool read_sectors(struct search *s, uint32_t from, uint32_t to, struct ef_err *err)
{
	struct comparison x = { .c = s->c, .ret = s->ret, .pos = offset_of(s, from) };

	return ef_flasher_read_labelled(s->c->f, s->c->addr + x.pos, offset_of(s, to) - x.pos,
					s->c->label, compare_bytes, &x, err);
}

static bool read_parts(struct search *s, struct ef_err *err)
{
	uint32_t count = s->ret->differ < DIFFERENCE_READ_MAX ? s->ret->differ
							      : DIFFERENCE_READ_MAX;

	for (uint32_t i = 0, next; i < count; i = next) {
		for (next = i + 1; next < count && s->part[next] == s->part[next - 1] + 1;)
			next++;
		if (!read_sectors(s, s->part[i], s->part[next - 1] + 1, err))
			return false;
	}
	return true;
}

bool difference_find(const struct content *c, bool is_encrypted, struct difference *ret,
		     struct ef_err *err)
{
	struct search s = { .c = c, .ret = ret };

	*ret = (struct difference){ .sectors = ef_div_up(c->len, EF_SECTOR) };
	if (!search(&s, is_full, err) || !read_parts(&s, err))
		return false;
	if (is_encrypted && !search(&s, is_plain, err))
		return false;
	ret->has_more = s.next < ret->sectors;
	return true;
}
