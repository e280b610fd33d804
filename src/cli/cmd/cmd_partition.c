/* SPDX-License-Identifier: MIT */
/* partition-table: check, show and convert; knows espflash's drawing of a table. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "base/util.h"
#include <espflash/partition.h>

#define COLUMNS   6
#define CELL_SIZE 48

struct row {
	char cell[COLUMNS][CELL_SIZE];
};

/* The colours of espflash's table library: 256-colour foregrounds. */
static const char *const titles[COLUMNS] = { "Name",   "Type", "SubType",
					     "Offset", "Size", "Encrypted" };
static const unsigned char colors[COLUMNS] = { 10, 14, 13, 9, 11, 6 };

/* ---- the table ---- */

/* Columns on the terminal, of text that is valid UTF-8: one a character. */
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
		json_end(j);
	}
	json_end(j);
}

static bool show_json(struct cli *cli, const struct ef_partition_table *table, struct ef_err *err)
{
	struct json_out *j = json_new(cli->command);

	partition_json(j, table);
	return json_print(j, cli->out, err);
}

/* ---- conversion ---- */

static bool put(struct cli *cli, const char *path, const void *data, size_t len, struct ef_err *err)
{
	if (path)
		return ef_file_write(path, data, len, err);
	if (fwrite(data, 1, len, cli->out) == len)
		return true;
	/* ui_flush finds out whether somebody still listens. */
	return ui_flush(cli, err);
}

static bool to_binary(struct cli *cli, const char *path, const struct ef_partition_table *table,
		      struct ef_err *err)
{
	uint8_t bin[EF_PARTITION_TABLE_SIZE];

	return ef_partition_to_binary(table, bin, err) && put(cli, path, bin, sizeof(bin), err);
}

static bool to_csv(struct cli *cli, const char *path, const struct ef_partition_table *table,
		   struct ef_err *err)
{
	char *csv = NULL;
	bool ok;

	if (!ef_partition_to_csv(table, &csv, err))
		return false;
	ok = put(cli, path, csv, strlen(csv), err);
	free(csv);
	return ok;
}

static bool check_args(const struct partition_table_args *a, struct ef_err *err)
{
	if (a->json.json && a->to_binary)
		return ef_fail(err, EF_E_USAGE, "'--to-binary' and '--json' exclude each other");
	if (a->output && !a->to_binary && !a->to_csv) {
		ef_fail(err, EF_E_USAGE, "'--output' needs '--to-binary' or '--to-csv'");
		return ef_hint(err, "the table for people goes to standard output");
	}
	return true;
}

bool cmd_partition_table(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct partition_table_args *a = args;
	const struct ef_partition_opts opts = {
		.table_offset = a->offset.value,
		.flash_size = (uint32_t)a->flash_size,
		.bootloader_offset = EF_PART_NO_OFFSET,
	};
	struct ef_buf file = EF_BUF_INIT(EF_MAX_CSV);
	struct ef_partition_table table;
	bool ok = false;

	if (!check_args(a, err) || !ef_file_read(a->file, &file, err)) {
		if (err->code == EF_E_INPUT && !*err->hint)
			ef_hint(err, "a table is smaller; what an image or a whole flash holds, "
				     "'espflash-c image-info' tells");
		goto out;
	}
	if (!ef_partition_parse(file.data, file.len, &opts, &table, err)) {
		ef_context(err, "partition table '%s'", a->file);
		goto out;
	}
	if (a->to_binary)
		ok = to_binary(cli, a->output, &table, err);
	else if (a->to_csv)
		ok = to_csv(cli, a->output, &table, err);
	else if (cli->is_json)
		ok = show_json(cli, &table, err);
	else {
		partition_show(cli, &table);
		ok = true;
	}
out:
	ef_buf_release(&file);
	return ok;
}
