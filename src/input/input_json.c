/* SPDX-License-Identifier: MIT */
/* Reads values of JSON files, which may come from any source. */
#include "input/input_priv.h"

#include <cjson/cJSON.h>

struct cJSON *input_json_parse(const uint8_t *data, size_t len)
{
	cJSON *json;

	if (len > EF_MAX_JSON)
		return NULL;
	json = cJSON_ParseWithLength((const char *)data, len);
	if (json && !cJSON_IsObject(json)) {
		cJSON_Delete(json);
		json = NULL;
	}
	return json;
}

struct cJSON *input_json_file(const struct input_src *src, const char *name)
{
	struct ef_err ignored = EF_ERR_INIT; /* if this fails, the value counts as missing */
	const uint8_t *data;
	size_t len;

	if (src->data || !input_exists(src, name) || !input_file(src, name, &data, &len, &ignored))
		return NULL;
	return input_json_parse(data, len);
}

void input_json_free(struct cJSON *json)
{
	cJSON_Delete(json);
}

const char *input_json_text(const struct cJSON *object, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

	return cJSON_IsString(item) ? item->valuestring : NULL;
}

bool input_json_u32(const struct cJSON *item, uint32_t *ret)
{
	if (cJSON_IsString(item))
		return ef_parse_u32(item->valuestring, UINT32_MAX, ret);
	if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0) ||
	    item->valuedouble > (double)UINT32_MAX ||
	    item->valuedouble != (double)(uint32_t)item->valuedouble)
		return false;
	*ret = (uint32_t)item->valuedouble;
	return true;
}

bool input_json_place(const struct cJSON *object, const char **ret_path, uint32_t *ret_addr)
{
	*ret_path = input_json_text(object, "path");
	return *ret_path &&
	       input_json_u32(cJSON_GetObjectItemCaseSensitive(object, "offset"), ret_addr);
}
