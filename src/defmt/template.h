/* SPDX-License-Identifier: MIT */
/* A parsed template of an output format: template.c parses it, format.c fills it in. */
#ifndef EF_DEFMT_TEMPLATE_H
#define EF_DEFMT_TEMPLATE_H

#include "defmt/out.h"
#include <espflash/defmt.h>

#define TEMPLATE_MAX       1024u /* bytes */
#define SEGMENTS_MAX       128u
#define TEMPLATE_DEPTH_MAX 8u

enum segment_kind {
	PART_TEXT,
	PART_CRATE,
	PART_FILE_NAME,
	PART_FILE_PATH,
	PART_LINE,
	PART_LOG,
	PART_LEVEL,
	PART_MODULE,
	PART_TIME,
	PART_GROUP
};

enum {
	STYLE_BOLD = 1,
	STYLE_DIMMED = 2,
	STYLE_UNDERLINE = 4,
	STYLE_ITALIC = 8,
	STYLE_STRIKE = 16,
};

enum { COLOR_NONE = 0, COLOR_SEVERITY = 1, COLOR_WERROR = 2 }; /* other values: SGR codes */

struct style {
	uint8_t color, styles;
	char align; /* '<', '>', '^'; 0: left */
	bool has_width, is_zero_padded;
	uint16_t width;
};

struct segment {
	enum segment_kind kind;
	uint8_t parts;    /* PART_FILE_NAME: shows this many components of the path */
	const char *text; /* PART_TEXT: points into the template */
	size_t len;
	struct style style;
	uint8_t next;  /* index + 1 of the next segment in the same group; 0: last */
	uint8_t first; /* PART_GROUP: index + 1 of its first segment */
};

struct pattern {
	char text[TEMPLATE_MAX];
	struct segment segment[SEGMENTS_MAX];
	size_t count;
	uint8_t first;
	bool has_log;
};

bool defmt_template_parse(const char *text, struct pattern *ret, struct ef_err *err) EF_MUST_CHECK;

#endif
