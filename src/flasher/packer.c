/* SPDX-License-Identifier: MIT */
/*
 * Compresses content block by block: that bounds memory, and the caller can compress
 * a block while the one before is on the wire. Short content is compressed at once, by a
 * better library if this build has one.
 */
#include "flasher/packer.h"
#include "flasher/deflate_all.h"

#include <stdlib.h>
#include <string.h>

/* Size of a stub's inflate buffer, and the most that it erases per full buffer (esptool cmds.py) */
#define STUB_INFLATE_STEP (32u * EF_KIB)
#define STUB_ERASE_STEP   (64u * EF_KIB)

#define DEFLATE_LEVEL 9 /* esptool's; the wire is slower than any level */

void pack_close(struct packer *p)
{
	if (p->is_open) {
		if (!p->whole)
			deflateEnd(&p->deflate);
		inflateEnd(&p->inflate);
	}
	free(p->whole);
	free(p->room);
	*p = (struct packer){ 0 };
}

/*
 * The chip works on a block while the next one arrives, but we must wait for its work on the last
 * one, so the last block is short. A short first block gains nothing, because a stub writes only
 * once it has inflated 32 KiB.
 */
#define SHORT_BLOCK (4u * EF_KIB)

static uint32_t length_of_next(const struct packer *p, uint32_t cap)
{
	uint32_t left = p->whole_len - p->whole_pos;

	if (left > cap)
		return cap;
	if (p->is_even || p->whole_len <= cap || left <= SHORT_BLOCK)
		return left;
	return left - SHORT_BLOCK;
}

static void next_of_whole(struct packer *p, uint32_t cap)
{
	p->block = p->whole + p->whole_pos;
	p->len = length_of_next(p, cap);
	p->whole_pos += p->len;
}

void pack_next(struct packer *p, uint32_t cap)
{
	if (p->whole) {
		next_of_whole(p, cap);
		return;
	}
	p->block = p->block == p->room ? p->room + cap : p->room;
	p->len = 0;
	if (p->is_ended)
		return;
	p->deflate.next_out = p->block;
	p->deflate.avail_out = cap;
	/* deflate has all its input, so any result but Z_STREAM_END means that the block is full */
	p->is_ended = deflate(&p->deflate, Z_FINISH) == Z_STREAM_END;
	p->len = cap - p->deflate.avail_out;
}

bool pack_open_made(struct packer *p, uint8_t *stream, uint32_t len, uint32_t cap,
		    struct ef_err *err)
{
	p->whole = stream;
	p->whole_len = len;
	if (inflateInit(&p->inflate) != Z_OK)
		return ef_fail(err, EF_E_IO, "out of memory");
	p->is_open = true;
	pack_next(p, cap);
	return true;
}

bool pack_open(struct packer *p, const uint8_t *data, uint32_t len, uint32_t cap,
	       struct ef_err *err)
{
	uint8_t *whole;
	uint32_t whole_len;

	if (ef_deflate_all(data, len, &whole, &whole_len))
		return pack_open_made(p, whole, whole_len, cap, err);
	p->room = malloc(2 * (size_t)cap);
	if (!p->room || deflateInit(&p->deflate, DEFLATE_LEVEL) != Z_OK)
		return ef_fail(err, EF_E_IO, "out of memory");
	if (inflateInit(&p->inflate) != Z_OK) {
		deflateEnd(&p->deflate);
		return ef_fail(err, EF_E_IO, "out of memory");
	}
	p->is_open = true;
	/* zlib doesn't write to its input, though next_in may not be const */
	memcpy(&p->deflate.next_in, &data, sizeof(p->deflate.next_in));
	p->deflate.avail_in = len;
	pack_next(p, cap);
	return true;
}

uint32_t pack_content(struct packer *p)
{
	uint8_t scratch[4096];
	uLong before = p->inflate.total_out;
	int status = Z_OK;

	p->inflate.next_in = p->block;
	p->inflate.avail_in = p->len;
	do {
		p->inflate.next_out = scratch;
		p->inflate.avail_out = sizeof(scratch);
		status = inflate(&p->inflate, Z_NO_FLUSH);
	} while (status == Z_OK && (p->inflate.avail_in || p->inflate.avail_out == 0));
	return (uint32_t)(p->inflate.total_out - before);
}

uint32_t pack_bound(struct packer *p, uint32_t len)
{
	uLong most = p->whole ? p->whole_len : deflateBound(&p->deflate, len);

	return most > UINT32_MAX ? UINT32_MAX : (uint32_t)most;
}

uint32_t pack_work(uint32_t content_len)
{
	uint64_t erases = ef_div_up(content_len, STUB_INFLATE_STEP) + 1u;
	uint64_t work = content_len + erases * STUB_ERASE_STEP;

	return work > UINT32_MAX ? UINT32_MAX : (uint32_t)work;
}

/* ---- a forecast ---- */

/*
 * So much of the content is compressed to find out how far it shrinks, in pieces from all over it.
 * Of firmware the result is some percent more than what the whole stream shrinks to.
 */
#define SAMPLE        (16u * EF_KIB)
#define SAMPLE_PIECES 4u
#define SAMPLE_LEVEL  1 /* zlib's fastest: 0.3 ms */

/* Collect a sample of the content, and return its length. */
static uint32_t take_sample(uint8_t *ret, const uint8_t *data, uint32_t len)
{
	const uint32_t piece = SAMPLE / SAMPLE_PIECES;

	if (len <= SAMPLE) {
		memcpy(ret, data, len);
		return len;
	}
	for (uint32_t i = 0; i < SAMPLE_PIECES; i++)
		memcpy(ret + i * piece, data + i * ((len - piece) / (SAMPLE_PIECES - 1)), piece);
	return SAMPLE;
}

unsigned pack_percent(const uint8_t *data, uint32_t len)
{
	struct {
		uint8_t sample[SAMPLE], packed[SAMPLE];
	} *room = malloc(sizeof(*room));
	unsigned percent = 100;
	uLong from_len;
	uLongf to_len;

	if (!room)
		return percent;
	from_len = take_sample(room->sample, data, len);
	to_len = from_len; /* content that does not shrink does not fit */
	if (compress2(room->packed, &to_len, room->sample, from_len, SAMPLE_LEVEL) == Z_OK)
		percent = (unsigned)(to_len * 100u / from_len);
	free(room);
	return percent;
}
