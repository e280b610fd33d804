/* SPDX-License-Identifier: MIT */
/*
 * The zip format, as far as firmware comes in it. The directory at the end counts: it has the
 * sizes even where an entry's own header has none yet. Source: PKWARE APPNOTE.TXT 6.3.10,
 * sections 4.3.7 (an entry's header), 4.3.12 (directory), 4.3.16 (end), 4.4.4 (flags),
 * 4.4.5 (methods). libzip could do this, too, but its OpenSSL takes 2.5 ms and 2 MiB of each
 * start of the program.
 */
#include "base/unzip.h"
#include "base/bytes.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#define SIG_ENTRY 0x04034b50u
#define SIG_DIR   0x02014b50u
#define SIG_END   0x06054b50u

#define LEN_ENTRY   30u
#define LEN_DIR     46u
#define LEN_END     22u
#define COMMENT_MAX 0xffffu

#define FLAG_ENCRYPTED  0x0001u
#define METHOD_STORED   0u
#define METHOD_DEFLATED 8u

static bool fail_damaged(const char *what, struct ef_err *err)
{
	return ef_fail(err, EF_E_INPUT, "the archive is damaged: %s", what);
}

/* The end record is followed by nothing but its comment, whose length it has. */
static const uint8_t *find_end(const uint8_t *data, size_t len)
{
	for (size_t comment = 0; comment <= COMMENT_MAX && comment + LEN_END <= len; comment++) {
		const uint8_t *p = data + len - LEN_END - comment;

		if (ef_le32(p) == SIG_END && ef_le16(p + 20) == comment)
			return p;
	}
	return NULL;
}

/* One record of the directory. *ret_size: its length. Its name goes to names. */
static bool read_record(const uint8_t *p, size_t left, struct ef_zip_entry *e, char *names,
			size_t *ret_size)
{
	size_t name_len;

	if (left < LEN_DIR || ef_le32(p) != SIG_DIR)
		return false;
	name_len = ef_le16(p + 28);
	*ret_size = LEN_DIR + name_len + ef_le16(p + 30) + ef_le16(p + 32);
	if (*ret_size > left || memchr(p + LEN_DIR, '\0', name_len))
		return false;
	*e = (struct ef_zip_entry){
		.name = names,
		.flags = ef_le16(p + 8),
		.method = ef_le16(p + 10),
		.crc = ef_le32(p + 16),
		.packed_len = ef_le32(p + 20),
		.len = ef_le32(p + 24),
		.at = ef_le32(p + 42),
	};
	memcpy(names, p + LEN_DIR, name_len);
	names[name_len] = '\0';
	return true;
}

/* A record has more bytes before its name than the 0 behind it takes, so size is enough. */
static bool read_directory(struct ef_zip *zip, const uint8_t *p, size_t size, struct ef_err *err)
{
	size_t used = 0, step;

	zip->names = malloc(size + 1);
	zip->entry = calloc(zip->count + 1, sizeof(*zip->entry));
	if (!zip->names || !zip->entry)
		return ef_fail(err, EF_E_IO, "out of memory");
	for (size_t i = 0, at = 0; i < zip->count; i++, at += step) {
		if (!read_record(p + at, size - at, &zip->entry[i], zip->names + used, &step))
			return fail_damaged("its directory", err);
		used += strlen(zip->entry[i].name) + 1;
	}
	return true;
}

bool ef_zip_open(struct ef_zip *ret, const uint8_t *data, size_t len, size_t max,
		 struct ef_err *err)
{
	const uint8_t *end = find_end(data, len);
	uint32_t size, at;

	*ret = (struct ef_zip){ .data = data, .len = len };
	if (!end)
		return fail_damaged("it has no directory", err);
	ret->count = ef_le16(end + 10);
	/* entries on this disk, of many: there is but one */
	if (ef_le16(end + 8) != ret->count)
		return fail_damaged("a part of its directory is elsewhere", err);
	size = ef_le32(end + 12);
	at = ef_le32(end + 16);
	/* these values say that the true ones are in other records, for more than 4 GiB */
	if (ret->count == 0xffff || size == UINT32_MAX || at == UINT32_MAX)
		return ef_fail(err, EF_E_INPUT, "the archive is too large (zip64)");
	if (ret->count > max)
		return ef_fail(err, EF_E_INPUT, "the archive has more than %zu entries", max);
	if (at > (size_t)(end - data) || size > (size_t)(end - data) - at)
		return fail_damaged("its directory is cut off", err);
	return read_directory(ret, data + at, size, err);
}

void ef_zip_release(struct ef_zip *zip)
{
	free(zip->entry);
	free(zip->names);
	*zip = (struct ef_zip){ .data = NULL };
}

/* The raw stream has no end mark of its own length: the output must be full exactly at its end. */
static bool inflate_entry(const uint8_t *data, const struct ef_zip_entry *e, uint8_t *out)
{
	uint8_t none;
	z_stream z = { .next_in = (Bytef *)(uintptr_t)data,
		       .avail_in = e->packed_len,
		       .next_out = e->len ? out : &none,
		       .avail_out = e->len };
	int rc;

	if (inflateInit2(&z, -15) != Z_OK) /* zlib.h: without a header */
		return false;
	rc = inflate(&z, Z_FINISH);
	inflateEnd(&z);
	return rc == Z_STREAM_END && z.avail_out == 0;
}

/* NULL: the entry's own header is damaged, or its content is cut off. */
static const uint8_t *find_content(const struct ef_zip *zip, const struct ef_zip_entry *e)
{
	const uint8_t *p = zip->data + e->at;
	size_t head;

	if (e->at > zip->len || zip->len - e->at < LEN_ENTRY || ef_le32(p) != SIG_ENTRY)
		return NULL;
	head = LEN_ENTRY + ef_le16(p + 26) + ef_le16(p + 28);
	return ef_range_ok_size(head, e->packed_len, zip->len - e->at) ? p + head : NULL;
}

bool ef_zip_read(const struct ef_zip *zip, const struct ef_zip_entry *e, uint8_t *out,
		 struct ef_err *err)
{
	const uint8_t *p = find_content(zip, e);
	bool is_whole;

	if (e->flags & FLAG_ENCRYPTED)
		return ef_fail(err, EF_E_INPUT, "it is encrypted");
	if (e->method != METHOD_STORED && e->method != METHOD_DEFLATED)
		return ef_fail(err, EF_E_INPUT,
			       "it is compressed in another way (method %u) than by deflate",
			       e->method);
	if (p && e->method == METHOD_STORED && e->packed_len == e->len)
		memcpy(out, p, e->len);
	is_whole = p && (e->method == METHOD_STORED ? e->packed_len == e->len
						    : inflate_entry(p, e, out));
	return (is_whole && crc32(0, out, e->len) == e->crc) ||
	       ef_fail(err, EF_E_INPUT, "it is damaged");
}
