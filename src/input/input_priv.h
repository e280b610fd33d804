/* SPDX-License-Identifier: MIT */
/* Shared by the files of this folder only. */
#ifndef EF_INPUT_PRIV_H
#define EF_INPUT_PRIV_H

#include "base/util.h"
#include <espflash/content.h>
#include <espflash/input.h>

struct cJSON;

/* A thing that is being read. */
struct input_src {
	const char *name;    /* the file's name; "": a folder */
	const uint8_t *data; /* NULL: a folder */
	size_t len;
	enum ef_content content;
	struct cJSON *json; /* data as parsed JSON; NULL: it is not JSON */
	const struct ef_input_files *files;
	char base[EF_INPUT_NAME_SIZE]; /* the folder that names are relative to, "build/"; "" */
	const struct ef_input_opts *opts;
	unsigned depth; /* the number of archives around the thing */
	bool is_pair;   /* the thing is one of several files with addresses from the user */
};

/*
 * A form of input. It either has parts, which it reads, or contains another thing, which it
 * opens. No form looks into the thing that it opens: input.c recognizes that one in turn.
 */
struct input_format {
	const char *name; /* "an ESP-IDF build"; NULL: the thing inside has the name */
	/* Return whether the thing has this form, by its content or the names in it. */
	bool (*is)(const struct input_src *src);
	/* Append the parts. NULL: the form opens another thing. */
	bool (*read)(const struct input_src *src, struct ef_input *in, struct ef_err *err);
	/* Describe the thing inside. Memory that close doesn't free comes from input_alloc. */
	bool (*open)(const struct input_src *src, struct ef_input *in, struct input_src *ret_inner,
		     struct ef_err *err);
	void (*close)(struct input_src *inner); /* after open succeeded; NULL: nothing to free */
};
extern const struct input_format input_idf, input_idf_args, input_idf_project, input_sketch,
	input_mos, input_web, input_ihex, input_uf2, input_gzip, input_archive, input_only_file,
	input_merged, input_app, input_zephyr, input_nuttx, input_nuttx_merged, input_bare;

/* ---- files (input_files.c) ---- */

/*
 * Return whether the name, of a file or a folder, stays inside: relative, without "..", not too
 * long. INPUT.
 */
bool input_path_check(const struct input_src *src, const char *name,
		      struct ef_err *err) EF_MUST_CHECK;
/* Do the same for a file, whose name may not end like a folder's. INPUT. */
bool input_name_check(const struct input_src *src, const char *name,
		      struct ef_err *err) EF_MUST_CHECK;
bool input_exists(const struct input_src *src, const char *name);
bool input_file(const struct input_src *src, const char *name, const uint8_t **ret, size_t *ret_len,
		struct ef_err *err) EF_MUST_CHECK;
/*
 * Find the only name in the folder with this end, which stays valid until the next call. NULL:
 * there is none. INPUT: there are several.
 */
bool input_find(const struct input_src *src, const char *end, const char *not_end,
		char ret[EF_INPUT_NAME_SIZE], struct ef_err *err) EF_MUST_CHECK;
/*
 * An absolute path of the machine that built the thing, as a name below the source: the longest
 * end of the path that exists there. Other names, and paths without such an end, stay.
 */
const char *input_inside(const struct input_src *src, const char *path);
/* Set the ELF, if the source has a file of this name. */
void input_set_elf(const struct input_src *src, struct ef_input *in, const char *name);
/* Look into a folder of the source: names are relative to it from here on. */
bool input_enter(struct input_src *src, const char *folder, struct ef_err *err) EF_MUST_CHECK;
/* Return the last part of a path, which may use Windows' syntax. */
const char *input_file_name(const char *path);

/* ---- the result (input_parts.c) ---- */

/* Memory that lives as long as the result. INPUT: the ceiling; IO. */
uint8_t *input_alloc(struct ef_input *in, size_t len, struct ef_err *err);
/* The content of a buffer, which is empty afterwards; NULL: it still has its content. */
const uint8_t *input_adopt(struct ef_input *in, struct ef_buf *buf, struct ef_err *err);
/* A copy of a text in such memory. */
const char *input_text(struct ef_input *in, const char *text, struct ef_err *err);
/* Append an empty part. NULL: there are too many. */
struct ef_input_part *input_add(struct ef_input *in, struct ef_err *err);
/* Append a part with the content of a file. */
bool input_add_file(const struct input_src *src, struct ef_input *in, uint32_t addr,
		    const char *file, enum ef_role role, const char *name,
		    struct ef_err *err) EF_MUST_CHECK;
/* Append a part for otadata: blank content, for the caller to fill. NULL: failed. */
uint8_t *input_add_blank(struct ef_input *in, uint32_t addr, uint32_t len, struct ef_err *err);
/*
 * Do the same with the content of arduino-esp32's tools/partitions/boot_app0.bin: ota_0 is
 * selected.
 */
bool input_add_boot_app0(struct ef_input *in, uint32_t addr, struct ef_err *err) EF_MUST_CHECK;
/* Take the chip from a name in any spelling. INPUT: unknown, or another than the present one. */
bool input_set_chip(struct ef_input *in, const char *name, const char *where,
		    struct ef_err *err) EF_MUST_CHECK;
/* Return the role of a partition's content. */
enum ef_role input_role_of(const struct ef_partition *p);
/* Return whether a partition holds a file system, by its subtype. */
bool input_is_fs(const struct ef_partition *p);
/* Sort and check the parts: chips, overlaps, names from the table. */
bool input_finish(const struct input_src *src, struct ef_input *in,
		  struct ef_err *err) EF_MUST_CHECK;

/*
 * The parts are runs of bytes, as HEX and UF2 have them: cut them where partitions begin
 * (runs.c). One of several files that the user placed stays as it is.
 * INPUT: an address is that of memory; there are too many parts.
 */
bool input_finish_runs(const struct input_src *src, struct ef_input *in,
		       struct ef_err *err) EF_MUST_CHECK;
/*
 * Replace parts that are merged files by the parts in them. Their padding does not count as
 * content.
 */
bool input_open_merged(const struct input_src *src, struct ef_input *in,
		       struct ef_err *err) EF_MUST_CHECK;

/*
 * Return the end of the content in data[start..end): behind it all sectors are blank
 * (input_sectors.c). The result is at least least. The first sector begins at start.
 */
uint32_t input_content_end(const uint8_t *data, uint32_t start, uint32_t least, uint32_t end);
/* Merge parts that share a sector (input_sectors.c). The parts must be in order. */
bool input_join_sectors(struct ef_input *in, struct ef_err *err) EF_MUST_CHECK;

/* ---- PlatformIO (sketch.c) ---- */

/*
 * Return whether the folder has what PlatformIO built. With ESP-IDF's framework, CMake leaves
 * ESP-IDF's lists beside it, which name files that PlatformIO never makes.
 */
bool input_has_pio_build(const struct input_src *src);

/* ---- PlatformIO's own list (idedata.c) ---- */

/*
 * If the folder has the list, append the parts that it names, and the app. *ret_has: the folder has
 * the list. INPUT: the list is malformed, or a file is missing.
 */
bool input_read_idedata(const struct input_src *src, const char *app, struct ef_input *in,
			bool *ret_has, struct ef_err *err) EF_MUST_CHECK;

/* ---- settings (input_settings.c) ---- */

/* "dio", "80m", "4MB", "keep", "detect", as esptool spells them. Unknown words: INPUT. */
bool input_set_mode(struct ef_input *in, const char *text, struct ef_err *err) EF_MUST_CHECK;
bool input_set_freq(struct ef_input *in, const char *text, struct ef_err *err) EF_MUST_CHECK;
bool input_set_size(struct ef_input *in, const char *text, struct ef_err *err) EF_MUST_CHECK;
void input_set_before(struct ef_input *in, const char *text);
void input_set_after(struct ef_input *in, const char *text);

/* ---- lines of text (input_text.c) ---- */

#define INPUT_LINE_SIZE 256
#define INPUT_TEXT_MAX  EF_MAX_JSON

struct input_lines {
	const uint8_t *p, *end;
};
/* Take the next line, without blanks at its end; one that is too long counts as empty. */
bool input_line(struct input_lines *lines, char ret[INPUT_LINE_SIZE]);
/* Remove blanks before the text, and quotes around it. */
char *input_unquote(char *text);
/* Read the lines of a file of the source. INPUT: there is no such file, or it is too large. */
bool input_text_file(const struct input_src *src, const char *name, struct input_lines *ret,
		     struct ef_err *err) EF_MUST_CHECK;
/* Get the value of a Kconfig symbol; false: it has none, or one that doesn't fit. */
bool input_kconfig(const struct input_lines *config, const char *key, char *ret, size_t cap);

/* ---- JSON (input_json.c) ---- */

/* Return a member's text; NULL: there is none, or it is not text. */
const char *input_json_text(const struct cJSON *object, const char *key);
/* Read a number, or text with one: 4096, "0x1000". False: it is neither. */
bool input_json_u32(const struct cJSON *item, uint32_t *ret);
/*
 * Read a file and its place: the members "path" and "offset". False: one is missing or malformed.
 */
bool input_json_place(const struct cJSON *object, const char **ret_path, uint32_t *ret_addr);
struct cJSON *input_json_parse(const uint8_t *data, size_t len);
/* Read a JSON file of the source. NULL: there is none, or it is malformed. Free it. */
struct cJSON *input_json_file(const struct input_src *src, const char *name);
void input_json_free(struct cJSON *json);

#endif
