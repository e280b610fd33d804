/* SPDX-License-Identifier: MIT */
/*
 * Bounded reader and writer cursors, little-endian loads and stores, range
 * and overflow checks. After a failure a cursor stays `bad` and does nothing
 * more, so that code can read or write a whole header and test `bad` once.
 */
#ifndef EF_BASE_BYTES_H
#define EF_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define EF_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

static inline uint16_t ef_le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | (unsigned)p[1] << 8);
}

static inline uint32_t ef_le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t ef_le64(const uint8_t *p)
{
	return ef_le32(p) | (uint64_t)ef_le32(p + 4) << 32;
}

static inline void ef_put_le16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static inline void ef_put_le32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
	p[2] = (uint8_t)(v >> 16);
	p[3] = (uint8_t)(v >> 24);
}

/* Return whether all bytes have the value of erased flash. No bytes are blank. */
bool ef_is_blank(const uint8_t *data, size_t len);

/* Return a number whose lowest width bits are set. */
static inline uint32_t ef_low_mask(unsigned width)
{
	return width >= 32 ? UINT32_MAX : (1u << width) - 1;
}

/* ---- reader ---- */

struct ef_rd {
	const uint8_t *p;
	size_t left;
	bool bad;
};

static inline struct ef_rd ef_rd_init(const void *data, size_t len)
{
	return (struct ef_rd){ .p = data, .left = len };
}

/* Take the next len bytes. NULL: there are fewer, and r is now bad. */
static inline const uint8_t *ef_rd_bytes(struct ef_rd *r, size_t len)
{
	const uint8_t *p = r->p;

	if (r->bad || len > r->left) {
		r->bad = true;
		r->left = 0;
		return NULL;
	}
	if (len == 0)
		return p;
	r->p += len;
	r->left -= len;
	return p;
}

static inline void ef_rd_skip(struct ef_rd *r, size_t len)
{
	(void)ef_rd_bytes(r, len);
}

static inline uint8_t ef_rd_u8(struct ef_rd *r)
{
	const uint8_t *p = ef_rd_bytes(r, 1);
	return p ? p[0] : 0;
}

static inline uint16_t ef_rd_le16(struct ef_rd *r)
{
	const uint8_t *p = ef_rd_bytes(r, 2);
	return p ? ef_le16(p) : 0;
}

static inline uint32_t ef_rd_le32(struct ef_rd *r)
{
	const uint8_t *p = ef_rd_bytes(r, 4);
	return p ? ef_le32(p) : 0;
}

/* ---- writer into a fixed array ---- */

struct ef_wr {
	uint8_t *p;
	size_t len, cap;
	bool bad;
};

static inline struct ef_wr ef_wr_init(void *data, size_t cap)
{
	return (struct ef_wr){ .p = data, .cap = cap };
}

/* Reserve len bytes. NULL: there is no room, and w is now bad. */
static inline uint8_t *ef_wr_room(struct ef_wr *w, size_t len)
{
	uint8_t *p;

	if (w->bad || len > w->cap - w->len) {
		w->bad = true;
		return NULL;
	}
	p = w->p + w->len;
	w->len += len;
	return p;
}

static inline void ef_wr_bytes(struct ef_wr *w, const void *data, size_t len)
{
	uint8_t *p = len ? ef_wr_room(w, len) : NULL;

	if (p)
		memcpy(p, data, len);
}

static inline void ef_wr_fill(struct ef_wr *w, uint8_t value, size_t len)
{
	uint8_t *p = len ? ef_wr_room(w, len) : NULL;

	if (p)
		memset(p, value, len);
}

static inline void ef_wr_u8(struct ef_wr *w, uint8_t v)
{
	ef_wr_fill(w, v, 1);
}

static inline void ef_wr_le16(struct ef_wr *w, uint16_t v)
{
	uint8_t *p = ef_wr_room(w, 2);

	if (p)
		ef_put_le16(p, v);
}

static inline void ef_wr_le32(struct ef_wr *w, uint32_t v)
{
	uint8_t *p = ef_wr_room(w, 4);

	if (p)
		ef_put_le32(p, v);
}

/* ---- ranges and overflow ---- */

/* Return whether [a, a + len) lies in [0, limit). The computation can't overflow. */
static inline bool ef_range_ok(uint32_t a, uint32_t len, uint32_t limit)
{
	return len <= limit && a <= limit - len;
}

static inline bool ef_range_ok_size(size_t a, size_t len, size_t limit)
{
	return len <= limit && a <= limit - len;
}

/* Return whether two ranges share a byte. They may end past 4 GiB. */
static inline bool ef_ranges_overlap(uint32_t a, uint32_t a_len, uint32_t b, uint32_t b_len)
{
	return (uint64_t)a < (uint64_t)b + b_len && (uint64_t)b < (uint64_t)a + a_len;
}

static inline bool ef_to_u32(uint64_t v, uint32_t *ret)
{
	if (v > UINT32_MAX)
		return false;
	*ret = (uint32_t)v;
	return true;
}

/* Round v up to a multiple of align, a power of two. False: the result exceeds 32 bits. */
static inline bool ef_align_u32(uint32_t v, uint32_t align, uint32_t *ret)
{
	if (v > UINT32_MAX - (align - 1))
		return false;
	*ret = (v + align - 1) & ~(align - 1);
	return true;
}

static inline uint32_t ef_div_up(uint32_t a, uint32_t b)
{
	return a / b + (a % b != 0);
}

#endif
