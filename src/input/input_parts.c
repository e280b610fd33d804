/* SPDX-License-Identifier: MIT */
/* Fills the result: parts, the memory behind them, the chip. */
#include "input/input_priv.h"

#include <stdlib.h>

/* Grow an array by doubling: whenever the count is a power of two, it is full. */
static bool grow(void **array, size_t count, size_t size, struct ef_err *err)
{
	void *p;

	if (count & (count - 1))
		return true;
	p = realloc(*array, (count ? count * 2 : 1) * size);
	if (!p)
		return ef_fail(err, EF_E_IO, "out of memory");
	*array = p;
	return true;
}

/* Add room for len bytes to the list of memory that ef_input_close frees. */
static bool make_room(struct ef_input *in, size_t len, struct ef_err *err)
{
	void *list = in->owned;

	if (len > EF_MAX_IMAGE || in->owned_len + len > EF_MAX_IMAGE) {
		ef_fail(err, EF_E_INPUT, "the content is larger than the limit of %u MiB",
			EF_MAX_IMAGE / EF_MIB);
		return false;
	}
	if (!grow(&list, in->owned_count, sizeof(*in->owned), err))
		return false;
	in->owned = list;
	return true;
}

uint8_t *input_alloc(struct ef_input *in, size_t len, struct ef_err *err)
{
	uint8_t *p;

	if (!make_room(in, len, err))
		return NULL;
	p = malloc(len ? len : 1);
	if (!p) {
		ef_fail(err, EF_E_IO, "out of memory");
		return NULL;
	}
	in->owned[in->owned_count++] = p;
	in->owned_len += len;
	return p;
}

const uint8_t *input_adopt(struct ef_input *in, struct ef_buf *buf, struct ef_err *err)
{
	uint8_t *p = buf->data;

	if (buf->len == 0)
		return input_alloc(in, 0, err);
	if (!make_room(in, buf->len, err))
		return NULL;
	in->owned[in->owned_count++] = p;
	in->owned_len += buf->len;
	buf->data = NULL;
	buf->len = buf->cap = 0;
	return p;
}

const char *input_text(struct ef_input *in, const char *text, struct ef_err *err)
{
	size_t size = strlen(text) + 1;
	uint8_t *copy = input_alloc(in, size, err);

	if (copy)
		memcpy(copy, text, size);
	return (const char *)copy;
}

struct ef_input_part *input_add(struct ef_input *in, struct ef_err *err)
{
	void *list = in->parts;

	if (in->part_count == EF_INPUT_PARTS_MAX) {
		ef_fail(err, EF_E_INPUT, "there are more than %u parts", EF_INPUT_PARTS_MAX);
		return NULL;
	}
	if (!grow(&list, in->part_count, sizeof(*in->parts), err))
		return NULL;
	in->parts = list;
	in->parts[in->part_count] = (struct ef_input_part){ 0 };
	return &in->parts[in->part_count++];
}

bool input_add_file(const struct input_src *src, struct ef_input *in, uint32_t addr,
		    const char *file, enum ef_role role, const char *name, struct ef_err *err)
{
	struct ef_input_part *p = input_add(in, err);
	const uint8_t *data;
	size_t len;

	if (!p || !input_file(src, file, &data, &len, err))
		return false;
	if (len == 0 || len > EF_MAX_IMAGE)
		return ef_fail(err, EF_E_INPUT, "the part '%s' %s", file,
			       len ? "is larger than a flash can be" : "is empty");
	p->addr = addr;
	p->data = data;
	p->len = (uint32_t)len;
	p->role = role;
	(void)ef_strlcpy(p->name, sizeof(p->name), name);
	(void)ef_strlcpy(p->origin, sizeof(p->origin), file);
	ef_clean_text(p->name);
	ef_clean_text(p->origin);
	return true;
}

uint8_t *input_add_blank(struct ef_input *in, uint32_t addr, uint32_t len, struct ef_err *err)
{
	struct ef_input_part *part = input_add(in, err);
	uint8_t *data = part ? input_alloc(in, len, err) : NULL;

	if (!data)
		return NULL;
	memset(data, 0xff, len);
	*part = (struct ef_input_part){
		.addr = addr, .data = data, .len = len, .role = EF_ROLE_OTADATA, .name = "otadata"
	};
	return data;
}

/*
 * 0x2000 bytes, blank but for the first record: sequence number 1, its CRC at 28
 * (esp_ota_select_entry_t in ESP-IDF's esp_flash_partitions.h).
 */
bool input_add_boot_app0(struct ef_input *in, uint32_t addr, struct ef_err *err)
{
	static const uint8_t seq[] = { 0x01, 0x00, 0x00, 0x00 }, crc[] = { 0x9a, 0x98, 0x43, 0x47 };
	uint8_t *data = input_add_blank(in, addr, 0x2000, err);

	if (!data)
		return false;
	memcpy(data, seq, sizeof(seq));
	memcpy(data + 28, crc, sizeof(crc));
	return true;
}

enum ef_role input_role_of(const struct ef_partition *p)
{
	if (p->type == EF_PART_APP)
		return EF_ROLE_APP;
	if (p->type != EF_PART_DATA)
		return EF_ROLE_UNKNOWN;
	return p->subtype == EF_PART_DATA_OTA ? EF_ROLE_OTADATA : EF_ROLE_DATA;
}

/* fat, spiffs, littlefs: ESP-IDF's esp_partition.h. */
bool input_is_fs(const struct ef_partition *p)
{
	return p->type == EF_PART_DATA && p->subtype >= 0x81 && p->subtype <= 0x83;
}

bool input_set_chip(struct ef_input *in, const char *name, const char *where, struct ef_err *err)
{
	const struct ef_chip *chip = ef_chip_by_name(name);

	if (!chip)
		return ef_fail(err, EF_E_UNSUPP, "%s names the chip '%s', which is not supported",
			       where, name);
	if (in->chip && in->chip != chip)
		return ef_fail(err, EF_E_INPUT, "%s is for %s, and the rest is for %s", where,
			       chip->label, in->chip->label);
	in->chip = chip;
	return true;
}
