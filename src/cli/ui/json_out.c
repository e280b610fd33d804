/* SPDX-License-Identifier: MIT */
/* Builds JSON with cJSON. No other file of the program includes cJSON. */
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/util.h"
#include "cli/ui/json_out.h"

#define DEPTH_MAX 8

struct json_out {
	cJSON *stack[DEPTH_MAX];
	size_t depth;
	bool bad;
};

struct json_out *json_new_file(void)
{
	struct json_out *j = calloc(1, sizeof(*j));

	if (!j)
		return NULL;
	j->stack[0] = cJSON_CreateObject();
	j->bad = !j->stack[0];
	return j;
}

struct json_out *json_new(const char *command)
{
	struct json_out *j = json_new_file();

	json_number(j, "schema", JSON_SCHEMA);
	json_text(j, "command", command);
	return j;
}

struct json_out *json_new_line(const char *event)
{
	struct json_out *j = json_new_file();

	json_text(j, "event", event);
	return j;
}

static void add(struct json_out *j, const char *key, cJSON *item)
{
	cJSON *parent = j->stack[j->depth];

	if (item &&
	    (key ? cJSON_AddItemToObject(parent, key, item) : cJSON_AddItemToArray(parent, item)))
		return;
	cJSON_Delete(item);
	j->bad = true;
}

/*
 * File names may contain any bytes, but JSON is UTF-8. cJSON escapes control
 * characters and passes all other bytes through, so replace bytes that are not
 * UTF-8 by '?'.
 */
static cJSON *string(const char *value)
{
	char *copy = strdup(value);
	cJSON *item;

	if (!copy)
		return NULL;
	ef_clean_text(copy);
	for (size_t i = 0; copy[i]; i++)
		if ((unsigned char)value[i] < 0x80)
			copy[i] = value[i];
	item = cJSON_CreateString(copy);
	free(copy);
	return item;
}

void json_text(struct json_out *j, const char *key, const char *value)
{
	if (j && !j->bad)
		add(j, key, value ? string(value) : cJSON_CreateNull());
}

void json_number(struct json_out *j, const char *key, uint64_t value)
{
	json_real(j, key, (double)value);
}

void json_real(struct json_out *j, const char *key, double value)
{
	if (j && !j->bad)
		add(j, key, cJSON_CreateNumber(value));
}

void json_bool(struct json_out *j, const char *key, bool value)
{
	if (j && !j->bad)
		add(j, key, cJSON_CreateBool(value));
}

void json_null(struct json_out *j, const char *key)
{
	if (j && !j->bad)
		add(j, key, cJSON_CreateNull());
}

static void begin(struct json_out *j, const char *key, cJSON *item)
{
	add(j, key, item);
	if (j->bad)
		return;
	if (j->depth + 1 == DEPTH_MAX)
		j->bad = true;
	else
		j->stack[++j->depth] = item;
}

void json_begin_object(struct json_out *j, const char *key)
{
	if (j && !j->bad)
		begin(j, key, cJSON_CreateObject());
}

void json_begin_array(struct json_out *j, const char *key)
{
	if (j && !j->bad)
		begin(j, key, cJSON_CreateArray());
}

void json_end(struct json_out *j)
{
	if (j && !j->bad && j->depth > 0)
		j->depth--;
}

void json_end_all(struct json_out *j)
{
	if (j)
		j->depth = 0;
}

bool json_is_good(const struct json_out *j)
{
	return j && !j->bad;
}

void json_free(struct json_out *j)
{
	if (!j)
		return;
	cJSON_Delete(j->stack[0]);
	free(j);
}

static bool print(struct json_out *j, bool is_line, FILE *out, struct ef_err *err)
{
	char *text = NULL;

	if (j && !j->bad)
		text = is_line ? cJSON_PrintUnformatted(j->stack[0]) : cJSON_Print(j->stack[0]);

	json_free(j);
	if (!text)
		return ef_fail(err, EF_E_IO, "out of memory for JSON output");
	fprintf(out, "%s\n", text);
	cJSON_free(text);
	return true;
}

bool json_print(struct json_out *j, FILE *out, struct ef_err *err)
{
	return print(j, false, out, err);
}

bool json_print_line(struct json_out *j, FILE *out, struct ef_err *err)
{
	return print(j, true, out, err);
}

void json_print_event(struct json_out *j, FILE *out)
{
	char *text = j && !j->bad ? cJSON_PrintUnformatted(j->stack[0]) : NULL;

	json_free(j);
	if (text)
		fprintf(out, "%s\n", text);
	cJSON_free(text);
}
