/* SPDX-License-Identifier: MIT */
/*
 * Reads the output of Mongoose OS: fw.zip, or manifest.json beside its parts
 * (github.com/mongoose-os/mos, common/fwbundle and cli/flash). A part has an address or the name of
 * a partition in the table of the bundle, and a file with checksums, or only a size and the byte
 * that fills it.
 */
#include "input/input_priv.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

#include "base/hash.h"

#define MANIFEST "manifest.json"

static const struct {
	const char *type;
	enum ef_role role;
} roles[] = {
	{ "boot", EF_ROLE_BOOTLOADER }, { "pt", EF_ROLE_TABLE },
	{ "app", EF_ROLE_APP },         { "fs", EF_ROLE_DATA },
	{ "nvs", EF_ROLE_DATA },        { "otadata", EF_ROLE_OTADATA },
	{ "boot_cfg", EF_ROLE_DATA },   { "sys_params", EF_ROLE_DATA },
};

struct mos {
	const struct input_src *src;
	struct ef_input *in;
	struct ef_partition_table table;
	bool has_table;
};

static enum ef_role role_of(const char *type)
{
	for (size_t i = 0; type && i < EF_ARRAY_LEN(roles); i++)
		if (strcmp(roles[i].type, type) == 0)
			return roles[i].role;
	return EF_ROLE_UNKNOWN;
}

/* ---- checksums ---- */

static bool check_digest(const cJSON *part, const char *key, const uint8_t *digest, size_t len,
			 struct ef_err *err)
{
	const char *want = input_json_text(part, key);
	char have[2 * EF_SHA256_LEN + 1];

	if (!want || !*want)
		return true;
	ef_hex(have, digest, len);
	return ef_str_ieq(want, have) ||
	       ef_fail(err, EF_E_INPUT,
		       "the file '%s' is not the one of the manifest: its %s differs",
		       input_json_text(part, "src"), key + 3);
}

static bool check_sums(const cJSON *part, const struct ef_input_part *p, struct ef_err *err)
{
	uint8_t digest[EF_SHA256_LEN];

	ef_sha1(p->data, p->len, digest);
	if (!check_digest(part, "cs_sha1", digest, EF_SHA1_LEN, err))
		return false;
	ef_sha256(p->data, p->len, digest);
	return check_digest(part, "cs_sha256", digest, EF_SHA256_LEN, err);
}

/* ---- the table of the bundle ---- */

static bool load_table(struct mos *m, const cJSON *parts, struct ef_err *err)
{
	const cJSON *part;
	const uint8_t *data;
	const char *type, *file;
	size_t len;

	cJSON_ArrayForEach (part, parts) {
		type = input_json_text(part, "type");
		file = input_json_text(part, "src");
		if (!type || strcmp(type, "pt") != 0 || !file)
			continue;
		if (!input_file(m->src, file, &data, &len, err))
			return false;
		m->has_table = ef_partition_parse_binary(data, len, &m->table, err);
		return m->has_table || ef_context(err, "the partition table '%s'", file);
	}
	return true;
}

/* ---- parts ---- */

struct where {
	uint32_t addr, size; /* size 0: use the file's */
};

static bool get_number(const cJSON *part, const char *key, uint32_t *ret, struct ef_err *err)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(part, key);

	*ret = 0;
	return !item || input_json_u32(item, ret) ||
	       ef_fail(err, EF_E_INPUT, "'%s' is not a number", key);
}

static bool find_place(const struct mos *m, const cJSON *part, struct where *ret,
		       struct ef_err *err)
{
	const char *name = input_json_text(part, "ptn");
	const char *type = input_json_text(part, "type");
	const struct ef_partition *p;

	if (!get_number(part, "addr", &ret->addr, err) ||
	    !get_number(part, "size", &ret->size, err))
		return false;
	if (!name || !*name)
		return cJSON_GetObjectItemCaseSensitive(part, "addr") ||
		       ef_fail(err, EF_E_INPUT, "it has neither an address nor a partition");
	p = m->has_table ? ef_partition_find(&m->table, name) : NULL;
	if (!p)
		return ef_fail(err, EF_E_INPUT, "the table of the bundle has no partition '%.20s'",
			       name);
	/* an app's addr is the address that it is linked for, which fits any slot */
	if (role_of(type) == EF_ROLE_APP)
		ret->addr = 0;
	if (ret->addr >= p->size)
		return ef_fail(err, EF_E_INPUT, "it begins behind the end of partition '%s'", name);
	if (ret->size == 0)
		ret->size = p->size - ret->addr;
	ret->addr += p->offset;
	return true;
}

static bool add_fill(struct mos *m, const cJSON *part, const struct where *w, struct ef_err *err)
{
	struct ef_input_part *p = input_add(m->in, err);
	uint32_t fill;
	uint8_t *data;

	if (!p || !get_number(part, "fill", &fill, err))
		return false;
	if (!cJSON_GetObjectItemCaseSensitive(part, "fill") || w->size == 0 || fill > 0xff)
		return ef_fail(err, EF_E_INPUT, "it has neither a file nor a size and a fill byte");
	data = input_alloc(m->in, w->size, err);
	if (!data)
		return false;
	memset(data, (int)fill, w->size);
	p->addr = w->addr;
	p->data = data;
	p->len = w->size;
	return true;
}

static bool add_part(struct mos *m, const cJSON *part, struct ef_err *err)
{
	const char *type = input_json_text(part, "type"), *file = input_json_text(part, "src");
	struct ef_input_part *p;
	struct where w;

	if (m->src->opts->keeps_fs && type && strcmp(type, "fs") == 0)
		return true;
	if (!find_place(m, part, &w, err))
		return false;
	if (!(file ? input_add_file(m->src, m->in, w.addr, file, EF_ROLE_UNKNOWN, "", err)
		   : add_fill(m, part, &w, err)))
		return false;
	p = &m->in->parts[m->in->part_count - 1];
	p->role = role_of(type);
	p->is_encrypted = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(part, "encrypt"));
	(void)ef_strlcpy(p->name, sizeof(p->name), part->string);
	ef_clean_text(p->name);
	if (file && w.size && p->len > w.size)
		return ef_fail(err, EF_E_INPUT, "its file has %u bytes, and its size is %u",
			       (unsigned)p->len, (unsigned)w.size);
	return !file || check_sums(part, p, err);
}

/* ---- the bundle ---- */

/*
 * mos sets these in the bootloader's header unless --esp-flash-params overrides them
 * (cli/flash/esp/flasher/common.go: defaultFlashMode, defaultFlashFreq, detectFlashSize).
 */
static bool take_settings(struct mos *m, struct ef_err *err)
{
	return input_set_mode(m->in, "dio", err) && input_set_freq(m->in, "80m", err) &&
	       input_set_size(m->in, "detect", err);
}

/*
 * Fail. The hint has the files and their addresses, as esptool takes them; fills need no write in
 * erased flash.
 */
static bool fail_esp8266(const cJSON *parts, struct ef_err *err)
{
	const cJSON *part;
	char text[EF_HINT_TEXT_SIZE] = "";
	uint32_t addr;

	cJSON_ArrayForEach (part, parts) {
		const char *file = input_json_text(part, "src");
		size_t len = strlen(text);

		if (file && input_json_u32(cJSON_GetObjectItemCaseSensitive(part, "addr"), &addr))
			(void)ef_snprintf(text + len, sizeof(text) - len, "%s0x%x %.40s",
					  len ? " " : "", (unsigned)addr, file);
	}
	ef_clean_text(text);
	ef_fail(err, EF_E_UNSUPP,
		"it is a Mongoose OS bundle for the ESP8266, which is not supported");
	return ef_hint_text(err, EF_HINT_INPUT_ESP8266, text);
}

static bool read_manifest(struct mos *m, const cJSON *manifest, struct ef_err *err)
{
	const cJSON *parts = cJSON_GetObjectItemCaseSensitive(manifest, "parts"), *part;
	const char *platform = input_json_text(manifest, "platform");
	const char *name = input_json_text(manifest, "name");

	if (name && ef_strlcpy(m->in->name, sizeof(m->in->name), name))
		ef_clean_text(m->in->name);
	if (ef_str_ieq(platform, "esp8266"))
		return fail_esp8266(parts, err);
	if (!input_set_chip(m->in, platform, "the manifest", err) || !take_settings(m, err) ||
	    !load_table(m, parts, err))
		return false;
	cJSON_ArrayForEach (part, parts)
		if (!add_part(m, part, err))
			return ef_context(err, "the part '%.20s'", part->string);
	return true;
}

/* ---- the form ---- */

static bool is_manifest(const cJSON *json)
{
	return input_json_text(json, "platform") &&
	       cJSON_IsObject(cJSON_GetObjectItemCaseSensitive(json, "parts"));
}

static bool mos_is(const struct input_src *src)
{
	cJSON *json = src->json ? src->json : input_json_file(src, MANIFEST);
	bool is = is_manifest(json);

	if (!src->json)
		cJSON_Delete(json);
	return is;
}

static bool mos_read(const struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	cJSON *json = src->json ? src->json : input_json_file(src, MANIFEST);
	struct mos *m = calloc(1, sizeof(*m));
	bool ok = false;

	if (m && json) {
		m->src = src;
		m->in = in;
		ok = read_manifest(m, json, err);
	} else {
		ef_fail(err, EF_E_IO, "out of memory");
	}
	free(m);
	if (!src->json)
		cJSON_Delete(json);
	return ok;
}

const struct input_format input_mos = { .name = "a Mongoose OS bundle",
					.is = mos_is,
					.read = mos_read };
