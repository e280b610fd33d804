/* SPDX-License-Identifier: MIT */
/*
 * Knows Espressif's format for stub images: a JSON object with the numbers entry,
 * text_start, data_start and bss_start, and the base64 strings text and data
 * (esp-flasher-stub tools/elf2json.py). An image may carry plugins, which we ignore
 * because we use none.
 */
#include "flasher/stub_json.h"

#include <cjson/cJSON.h>

#include <espflash/flasher.h>

#include "base/base64.h"

size_t ef_stub_count(void)
{
	size_t count = 0;

	while (ef_stub_images[count].name)
		count++;
	return count;
}

const char *ef_stub_origin(void)
{
	return ef_stub_images_origin;
}

const char *ef_stub_licence(void)
{
	return ef_stub_images_licence;
}

const uint8_t *ef_stub_find(const char *name, size_t *ret_len)
{
	for (const struct ef_stub_image *i = ef_stub_images; i->name; i++) {
		if (strcmp(i->name, name) == 0) {
			*ret_len = i->len;
			return i->json;
		}
	}
	return NULL;
}

void ef_stub_release(struct ef_stub *stub)
{
	ef_buf_release(&stub->storage);
	stub->text = stub->data = NULL;
	stub->text_len = stub->data_len = 0;
}

/* Append the decoded text to out. RFC 4648 with padding; blanks and line ends are an error here. */
static bool decode_base64(const char *text, size_t len, struct ef_buf *out, struct ef_err *err)
{
	size_t before = out->len, got;
	uint8_t *p;

	if (len % 4 || len == 0)
		return ef_fail(err, EF_E_INPUT, "not base64: %zu characters", len);
	if (!ef_buf_extend(out, len / 4 * 3, &p, err))
		return false;
	if (strpbrk(text, " \t\n\v\f\r") || !ef_base64_decode(text, len, p, &got))
		return ef_fail(err, EF_E_INPUT, "not base64");
	out->len = before + got;
	return true;
}

static bool get_u32(const cJSON *root, const char *name, uint32_t *ret, struct ef_err *err)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(root, name);
	uint32_t value;

	if (!item)
		return ef_fail(err, EF_E_INPUT, "the stub image has no '%s'", name);
	/* NaN fails these comparisons, so the conversion below is always in range */
	if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble <= UINT32_MAX))
		return ef_fail(err, EF_E_INPUT, "the stub image's '%s' is not a 32-bit number",
			       name);
	value = (uint32_t)item->valuedouble;
	if ((double)value < item->valuedouble)
		return ef_fail(err, EF_E_INPUT, "the stub image's '%s' is not a whole number",
			       name);
	*ret = value;
	return true;
}

/* Decode a base64 member to the end of the storage. *ret_len: its decoded length. */
static bool get_part(const cJSON *root, const char *name, struct ef_buf *storage, uint32_t *ret_len,
		     struct ef_err *err)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(root, name);
	size_t before = storage->len, len;

	if (!item)
		return ef_fail(err, EF_E_INPUT, "the stub image has no '%s'", name);
	if (!cJSON_IsString(item))
		return ef_fail(err, EF_E_INPUT, "the stub image's '%s' is not a string", name);
	len = strlen(item->valuestring);
	if (len > EF_MAX_STUB_PART / 3 * 4)
		return ef_fail(err, EF_E_INPUT, "the stub image's '%s' is larger than %u KiB", name,
			       EF_MAX_STUB_PART / EF_KIB);
	if (!decode_base64(item->valuestring, len, storage, err))
		return ef_context(err, "the stub image's '%s'", name);
	*ret_len = (uint32_t)(storage->len - before);
	return true;
}

static bool check_ranges(const struct ef_stub *s, struct ef_err *err)
{
	if (s->text_len > UINT32_MAX - s->text_start || s->data_len > UINT32_MAX - s->data_start)
		return ef_fail(err, EF_E_INPUT, "the stub image passes the end of memory");
	if (s->entry < s->text_start || s->entry - s->text_start >= s->text_len)
		return ef_fail(err, EF_E_INPUT,
			       "the stub image's entry 0x%08x is outside its text at 0x%08x",
			       s->entry, s->text_start);
	if (s->data_len &&
	    ef_ranges_overlap(s->text_start, s->text_len, s->data_start, s->data_len))
		return ef_fail(err, EF_E_INPUT, "the stub image's text and data overlap");
	return true;
}

static bool parse_root(const cJSON *root, struct ef_stub *s, struct ef_err *err)
{
	if (!cJSON_IsObject(root))
		return ef_fail(err, EF_E_INPUT, "the stub image is not a JSON object");
	if (!get_u32(root, "entry", &s->entry, err) ||
	    !get_u32(root, "text_start", &s->text_start, err) ||
	    !get_part(root, "text", &s->storage, &s->text_len, err))
		return false;
	if (cJSON_GetObjectItemCaseSensitive(root, "data") &&
	    (!get_u32(root, "data_start", &s->data_start, err) ||
	     !get_part(root, "data", &s->storage, &s->data_len, err)))
		return false;
	s->bss_start = s->data_start;
	if (cJSON_GetObjectItemCaseSensitive(root, "bss_start") &&
	    !get_u32(root, "bss_start", &s->bss_start, err))
		return false;
	/* only now, because appending to the storage may move it */
	s->text = s->storage.data;
	s->data = s->data_len ? s->storage.data + s->text_len : NULL;
	return check_ranges(s, err);
}

bool ef_stub_parse(const uint8_t *json, size_t len, struct ef_stub *ret, struct ef_err *err)
{
	cJSON *root;
	bool ok;

	if (len > EF_MAX_JSON)
		return ef_fail(err, EF_E_INPUT, "the stub image is larger than %u KiB",
			       EF_MAX_JSON / EF_KIB);
	root = cJSON_ParseWithLength((const char *)json, len);
	if (!root)
		return ef_fail(err, EF_E_INPUT, "the stub image is not JSON");
	ok = parse_root(root, ret, err);
	cJSON_Delete(root);
	return ok;
}
