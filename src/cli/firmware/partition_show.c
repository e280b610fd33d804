/* SPDX-License-Identifier: MIT */
/* Draws a partition table as espflash does, and writes it as JSON. */
#include "cli/firmware/partition_show.h"

#include <inttypes.h>
#include <string.h>

#include "base/util.h"

#define COLUMNS   6
#define CELL_SIZE 48

struct row {
	char cell[COLUMNS][CELL_SIZE];
};

/* The colours of espflash's table library: 256-colour foregrounds. */
static const char *const titles[COLUMNS] = { "Name",   "Type", "SubType",
					     "Offset", "Size", "Encrypted" };
static const unsigned char colors[COLUMNS] = { 10, 14, 13, 9, 11, 6 };

/* Return the columns of valid UTF-8 on a terminal: one for each character. */
static size_t text_width(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		if (((unsigned char)*text & 0xc0u) != 0x80u)
			n++;
	return n;
}

static void flags_text(const struct ef_partition *p, const char *separator, char *dst, size_t cap)
{
	static const struct {
		uint32_t flag;
		const char *name;
	} names[] = { { EF_PART_ENCRYPTED, "encrypted" }, { EF_PART_READONLY, "readonly" } };

	dst[0] = '\0';
	for (size_t i = 0; i < EF_ARRAY_LEN(names); i++) {
		size_t len = strlen(dst);

		if (p->flags & names[i].flag)
			(void)ef_snprintf(dst + len, cap - len, "%s%s", len ? separator : "",
					  names[i].name);
	}
	if (ef_partition_unknown_flags(p)) {
		size_t len = strlen(dst);

		(void)ef_snprintf(dst + len, cap - len, "%s0x%" PRIx32, len ? separator : "",
				  ef_partition_unknown_flags(p));
	}
}

static void make_row(const struct ef_partition *p, struct row *ret)
{
	char name[EF_PART_NAME_SIZE];

	(void)ef_strlcpy(ret->cell[0], CELL_SIZE, p->name);
	ef_clean_text(ret->cell[0]);
	ef_partition_type_name(p->type, name);
	(void)ef_strlcpy(ret->cell[1], CELL_SIZE, name);
	ef_partition_subtype_name(p->type, p->subtype, name);
	(void)ef_strlcpy(ret->cell[2], CELL_SIZE, name);
	(void)ef_snprintf(ret->cell[3], CELL_SIZE, "0x%" PRIx32, p->offset);
	(void)ef_snprintf(ret->cell[4], CELL_SIZE, "0x%" PRIx32 " (%" PRIu32 "KiB)", p->size,
			  p->size / 1024u);
	flags_text(p, ":", ret->cell[5], CELL_SIZE);
}

static void print_rule(FILE *out, const size_t width[COLUMNS], const char *left, const char *line,
		       const char *cross, const char *right)
{
	fputs(left, out);
	for (size_t c = 0; c < COLUMNS; c++) {
		for (size_t i = 0; i < width[c] + 2; i++)
			fputs(line, out);
		fputs(c + 1 < COLUMNS ? cross : right, out);
	}
	fputc('\n', out);
}

static void print_cell(FILE *out, const char *text, size_t width, int color, bool is_bold)
{
	int pad = (int)(width - text_width(text));

	if (color >= 0)
		fprintf(out, " \x1b[38;5;%dm%s%s%*s%s ", color, is_bold ? "\x1b[1m" : "", text, pad,
			"", is_bold ? "\x1b[0m" : "\x1b[39m");
	else
		fprintf(out, " %s%*s ", text, pad, "");
}

static void print_row(FILE *out, const struct row *row, const size_t width[COLUMNS], bool is_color,
		      bool is_bold)
{
	fputs("│", out);
	for (size_t c = 0; c < COLUMNS; c++) {
		print_cell(out, row->cell[c], width[c], is_color ? colors[c] : -1, is_bold);
		fputs(c + 1 < COLUMNS ? "┆" : "│", out);
	}
	fputc('\n', out);
}

void partition_show(struct cli *cli, const struct ef_partition_table *table)
{
	size_t width[COLUMNS] = { 0 };
	struct row row = { .cell = { "" } };

	for (size_t c = 0; c < COLUMNS; c++)
		width[c] = text_width(titles[c]);
	for (size_t i = 0; i < table->count; i++) {
		make_row(&table->part[i], &row);
		for (size_t c = 0; c < COLUMNS; c++)
			if (text_width(row.cell[c]) > width[c])
				width[c] = text_width(row.cell[c]);
	}
	print_rule(cli->out, width, "╭", "─", "┬", "╮");
	for (size_t c = 0; c < COLUMNS; c++)
		(void)ef_strlcpy(row.cell[c], CELL_SIZE, titles[c]);
	print_row(cli->out, &row, width, cli->is_out_color, true);
	print_rule(cli->out, width, "╞", "═", "╪", "╡");
	for (size_t i = 0; i < table->count; i++) {
		if (i)
			print_rule(cli->out, width, "├", "╌", "┼", "┤");
		make_row(&table->part[i], &row);
		print_row(cli->out, &row, width, cli->is_out_color, false);
	}
	print_rule(cli->out, width, "╰", "─", "┴", "╯");
}

void partition_json(struct json_out *j, const struct ef_partition_table *table)
{
	char name[EF_PART_NAME_SIZE], label[sizeof(table->part[0].name)];

	json_bool(j, "has_md5", table->has_md5);
	json_begin_array(j, "partitions");
	for (size_t i = 0; i < table->count; i++) {
		const struct ef_partition *p = &table->part[i];

		json_begin_object(j, NULL);
		(void)ef_strlcpy(label, sizeof(label), p->name);
		ef_clean_text(label);
		json_text(j, "name", label);
		ef_partition_type_name(p->type, name);
		json_text(j, "type", name);
		ef_partition_subtype_name(p->type, p->subtype, name);
		json_text(j, "subtype", name);
		json_number(j, "type_id", p->type);
		json_number(j, "subtype_id", p->subtype);
		json_number(j, "offset", p->offset);
		json_number(j, "size", p->size);
		json_bool(j, "encrypted", p->flags & EF_PART_ENCRYPTED);
		json_bool(j, "readonly", p->flags & EF_PART_READONLY);
		json_number(j, "flags", p->flags);
		json_end(j);
	}
	json_end(j);
}
