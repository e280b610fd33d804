/* SPDX-License-Identifier: MIT */
/* JSON objects under construction. */
#ifndef EF_CLI_JSON_OUT_H
#define EF_CLI_JSON_OUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <espflash/err.h>

#define JSON_SCHEMA 1 /* incremented when a field changes its meaning or is removed */

/*
 * An object under construction. Every function accepts NULL. Failures are sticky:
 * after the first one all calls are ignored, and printing reports it. Inside
 * arrays key is NULL.
 */
struct json_out;
/* Begin {"schema":1,"command":...}. */
struct json_out *json_new(const char *command);
/* Begin {"event":...}, a line of --progress json. */
struct json_out *json_new_line(const char *event);
/* Begin {}, for a file in another program's form. */
struct json_out *json_new_file(void);
/* value NULL becomes null. Bytes that are not UTF-8 become '?'. */
void json_text(struct json_out *j, const char *key, const char *value);
void json_number(struct json_out *j, const char *key, uint64_t value);
void json_real(struct json_out *j, const char *key, double value);
void json_bool(struct json_out *j, const char *key, bool value);
void json_null(struct json_out *j, const char *key);
void json_begin_object(struct json_out *j, const char *key);
void json_begin_array(struct json_out *j, const char *key);
void json_end(struct json_out *j);
/* End all open objects and arrays: further fields are added to the outermost object. */
void json_end_all(struct json_out *j);
/* False: memory ran out, or objects were nested too deep. */
bool json_is_good(const struct json_out *j);
/* Print the object with a newline and free it. IO: memory ran out, NULL included. */
bool json_print(struct json_out *j, FILE *out, struct ef_err *err) EF_MUST_CHECK;
/* Do the same on a single line. */
bool json_print_line(struct json_out *j, FILE *out, struct ef_err *err) EF_MUST_CHECK;
/* Print on a single line and free it; prints nothing when memory ran out. */
void json_print_event(struct json_out *j, FILE *out);
void json_free(struct json_out *j);

#endif
