/* SPDX-License-Identifier: MIT */
/*
 * Reads and writes the CSV form of a partition table: ESP-IDF's grammar (gen_esp32part.py 1.5),
 * plus the quoted fields that esp-idf-part accepts. Environment variables are not expanded; using
 * one is an error.
 */
#include <stdlib.h>

#include "image/partition_priv.h"

enum field { F_NAME, F_TYPE, F_SUBTYPE, F_OFFSET, F_SIZE, F_FLAGS, FIELDS };

static const char *const field_names[FIELDS] = { "name",   "type", "subtype",
						 "offset", "size", "flags" };

#define BOOTLOADER_RECOVERY 2
#define DATA_UNDEFINED      0x06

/* A row as written. resolve() fills in the fields that it omits. */
struct row {
	struct text name; /* not truncated, because names are compared in full */
	unsigned line;
	uint8_t type, subtype;
	uint32_t flags;
	bool has_offset;
	int64_t offset, size;
};

struct csv {
	struct ef_partition_opts opts;
	struct ef_buf text;
	struct row row[EF_PARTITIONS_MAX];
	size_t count;
	struct ef_partition_table table;
};

static bool fail_field(unsigned line, enum field f, struct text value, const char *why,
		       struct ef_err *err)
{
	return ef_fail(err, EF_E_INPUT, "line %u, field '%s': '%.*s' %s", line, field_names[f],
		       (int)(value.len > 64 ? 64 : value.len), value.p, why);
}

/* ---- one line to six fields ---- */

/* Index of the closing quote; 0 if there is none. A doubled quote is text. */
static size_t closing_quote(struct text t)
{
	for (size_t i = 1; i < t.len; i++) {
		if (t.p[i] != '"')
			continue;
		if (i + 1 >= t.len || t.p[i + 1] != '"')
			return i;
		i++;
	}
	return 0;
}

/* Unescape the text between the quotes, in place. */
static struct text unquote(char *p, size_t close)
{
	size_t len = 0;

	for (size_t i = 1; i < close; i++) {
		p[len++] = p[i];
		i += p[i] == '"';
	}
	return (struct text){ p, len };
}

static size_t to_comma(struct text t)
{
	const char *comma = t.len ? memchr(t.p, ',', t.len) : NULL;

	return comma ? (size_t)(comma - t.p) : t.len;
}

/* The generator would expand $NAME and ${NAME}. Any other dollar sign is a character. */
static bool check_variable(struct text t, unsigned line, enum field f, struct ef_err *err)
{
	for (size_t i = 0; i + 1 < t.len; i++) {
		char c = t.p[i + 1];

		if (t.p[i] != '$' ||
		    !(c == '{' || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
			continue;
		fail_field(line, f, (struct text){ t.p + i, t.len - i },
			   "is an environment variable, which is not expanded", err);
		return ef_hint_set(err, EF_HINT_CSV_VALUE_VARIABLE);
	}
	return true;
}

/* Fields after the sixth are ignored, as other tools do. */
static bool split_line(struct text line, unsigned no, const struct ef_buf *text,
		       struct text ret[FIELDS], struct ef_err *err)
{
	size_t used;

	memset(ret, 0, FIELDS * sizeof(*ret));
	for (unsigned f = 0; f < FIELDS && line.len; f++) {
		struct text rest = part_text_strip(line);
		char *start = (char *)text->data + (rest.p - (const char *)text->data);

		if (rest.len && rest.p[0] == '"') {
			size_t close = closing_quote(rest);

			if (!close)
				return fail_field(no, f, rest, "has no closing quote", err);
			ret[f] = unquote(start, close);
			if (f != F_NAME) /* a name may have blanks around it */
				ret[f] = part_text_strip(ret[f]);
			rest = (struct text){ rest.p + close + 1, rest.len - close - 1 };
			rest = part_text_strip(rest);
			if (rest.len && rest.p[0] != ',')
				return fail_field(no, f, rest, "follows a closing quote", err);
			used = 0;
		} else {
			rest = line;
			used = to_comma(rest);
			ret[f] = part_text_strip((struct text){ rest.p, used });
			if (!check_variable(ret[f], no, f, err))
				return false;
		}
		/* past the comma */
		used += used < rest.len;
		line = (struct text){ rest.p + used, rest.len - used };
	}
	for (unsigned f = 0; f < FIELDS; f++)
		if (!ret[f].p)
			ret[f].p = "";
	return true;
}

/* ---- fields to a row ---- */

static bool parse_byte(struct text t, const struct part_keyword *keywords, unsigned line,
		       enum field f, uint8_t *ret, struct ef_err *err)
{
	char known[256] = "";
	int64_t value;

	if (part_parse_int(t, keywords, &value)) {
		if (value < 0 || value > UINT8_MAX)
			return fail_field(line, f, t, "is not in 0 to 255", err);
		*ret = (uint8_t)value;
		return true;
	}
	for (const struct part_keyword *k = keywords; k && k->name; k++)
		if (!ef_snprintf(known + strlen(known), sizeof(known) - strlen(known), "%s%s",
				 known[0] ? ", " : "", k->name))
			break;
	fail_field(line, f, t, "is neither a number nor a known name", err);
	return known[0] ? ef_hint_text(err, EF_HINT_CSV_NAMES, known) : false;
}

static bool parse_kind(const struct text field[FIELDS], struct row *row, struct ef_err *err)
{
	if (field[F_TYPE].len == 0)
		return fail_field(row->line, F_TYPE, field[F_TYPE], "is empty", err);
	if (!parse_byte(field[F_TYPE], part_types, row->line, F_TYPE, &row->type, err))
		return false;
	if (field[F_SUBTYPE].len)
		return parse_byte(field[F_SUBTYPE], part_subtypes(row->type), row->line, F_SUBTYPE,
				  &row->subtype, err);
	if (row->type == EF_PART_APP)
		return fail_field(row->line, F_SUBTYPE, field[F_SUBTYPE],
				  "is empty, which an app cannot have", err);
	row->subtype = DATA_UNDEFINED;
	return true;
}

static bool parse_number(struct text t, unsigned line, enum field f, int64_t *ret,
			 struct ef_err *err)
{
	if (!part_parse_int(t, NULL, ret))
		return fail_field(line, f, t, "is not a number", err);
	return true;
}

/* Options decide where bootloaders and tables go; the CSV's fields are ignored. */
static bool place_boot(const struct ef_partition_opts *o, struct row *row, struct ef_err *err)
{
	row->has_offset = row->subtype == 0 ||
			  (row->type == EF_PART_BOOTLOADER && row->subtype == BOOTLOADER_RECOVERY);
	if (row->type == EF_PART_TABLE) {
		row->offset = o->table_offset;
		row->size = EF_SECTOR;
		return true;
	}
	if (o->bootloader_offset == EF_PART_NO_OFFSET) {
		ef_fail(err, EF_E_INPUT,
			"line %u, field 'offset': the bootloader's offset is not known", row->line);
		return ef_hint_set(err, EF_HINT_CSV_NEEDS_BOOTLOADER);
	}
	if (row->subtype == BOOTLOADER_RECOVERY && o->recovery_offset == 0) {
		ef_fail(err, EF_E_INPUT,
			"line %u, field 'offset': the recovery bootloader's offset is not known",
			row->line);
		return ef_hint_set(err, EF_HINT_CSV_NEEDS_RECOVERY);
	}
	if (o->bootloader_offset >= o->table_offset)
		return ef_fail(err, EF_E_INPUT,
			       "line %u, field 'offset': the bootloader at 0x%08x is not below the "
			       "partition table at 0x%08x",
			       row->line, o->bootloader_offset, o->table_offset);
	row->offset = row->subtype == BOOTLOADER_RECOVERY ? o->recovery_offset
							  : o->bootloader_offset;
	row->size = (int64_t)o->table_offset - o->bootloader_offset;
	return true;
}

static bool parse_place(const struct ef_partition_opts *o, const struct text field[FIELDS],
			struct row *row, struct ef_err *err)
{
	if (row->type == EF_PART_BOOTLOADER || row->type == EF_PART_TABLE) {
		if (!place_boot(o, row, err))
			return false;
		if (row->has_offset)
			return true;
	}
	row->has_offset = field[F_OFFSET].len > 0;
	if (row->has_offset &&
	    !parse_number(field[F_OFFSET], row->line, F_OFFSET, &row->offset, err))
		return false;
	if (row->type == EF_PART_BOOTLOADER || row->type == EF_PART_TABLE)
		return true;
	if (field[F_SIZE].len == 0)
		return fail_field(row->line, F_SIZE, field[F_SIZE], "is empty", err);
	return parse_number(field[F_SIZE], row->line, F_SIZE, &row->size, err);
}

static bool text_is(struct text t, const char *s)
{
	return t.len == strlen(s) && !memcmp(t.p, s, t.len);
}

/* Flags are case sensitive, and blanks around the colon are an error, as in the generator. */
static bool parse_flags(struct text t, struct row *row, struct ef_err *err)
{
	while (t.len) {
		const char *colon = memchr(t.p, ':', t.len);
		struct text one = { t.p, colon ? (size_t)(colon - t.p) : t.len };

		if (text_is(one, "encrypted"))
			row->flags |= EF_PART_ENCRYPTED;
		else if (text_is(one, "readonly"))
			row->flags |= EF_PART_READONLY;
		else if (one.len)
			return fail_field(row->line, F_FLAGS, one,
					  "is neither 'encrypted' nor 'readonly'", err);
		t.p += one.len + (colon != NULL);
		t.len -= one.len + (colon != NULL);
	}
	return true;
}

static bool is_same_name(struct text a, struct text b)
{
	return a.len == b.len && (a.len == 0 || !memcmp(a.p, b.p, a.len));
}

static bool parse_row(struct csv *csv, struct text line, unsigned no, struct ef_err *err)
{
	struct text field[FIELDS];
	struct row *row = &csv->row[csv->count];

	if (csv->count == EF_PARTITIONS_MAX - 1)
		return ef_fail(err, EF_E_INPUT, "line %u: more than %u partitions do not fit", no,
			       EF_PARTITIONS_MAX - 1);
	if (!split_line(line, no, &csv->text, field, err))
		return false;
	*row = (struct row){ .line = no, .name = field[F_NAME] };
	if (!parse_kind(field, row, err) || !parse_place(&csv->opts, field, row, err) ||
	    !parse_flags(field[F_FLAGS], row, err))
		return false;
	for (size_t i = 0; i < csv->count; i++)
		if (is_same_name(row->name, csv->row[i].name))
			return ef_fail(err, EF_E_INPUT,
				       "line %u, field 'name': '%.*s' is the name of line %u, too",
				       no, (int)(row->name.len > 64 ? 64 : row->name.len),
				       row->name.p, csv->row[i].line);
	csv->count++;
	return true;
}

static bool parse_lines(struct csv *csv, struct ef_err *err)
{
	struct text rest = { (const char *)csv->text.data, csv->text.len }, line;
	unsigned no = 0;

	while (part_text_line(&rest, &line)) {
		no++;
		line = part_text_strip(line);
		if (line.len == 0 || line.p[0] == '#')
			continue;
		if (!parse_row(csv, line, no, err))
			return false;
	}
	return true;
}

/* ---- rows to a table, in file order; resolve() fills in missing offsets ---- */

static bool store(const struct row *row, struct ef_partition *p, struct ef_err *err)
{
	size_t len = row->name.len < sizeof(p->name) - 1 ? row->name.len : sizeof(p->name) - 1;

	if (row->offset < 0 || row->offset > UINT32_MAX)
		return ef_fail(err, EF_E_INPUT, "line %u, field 'offset': beyond 4 GiB", row->line);
	if (row->size < 0)
		return ef_fail(err, EF_E_INPUT,
			       "line %u, field 'size': the end is below the offset 0x%08x",
			       row->line, (unsigned)row->offset);
	if (row->size > UINT32_MAX)
		return ef_fail(err, EF_E_INPUT, "line %u, field 'size': beyond 4 GiB", row->line);
	memset(p, 0, sizeof(*p));
	if (len)
		memcpy(p->name, row->name.p, len);
	p->type = row->type;
	p->subtype = row->subtype;
	p->offset = (uint32_t)row->offset;
	p->size = (uint32_t)row->size;
	p->flags = row->flags;
	p->line = row->line;
	return true;
}

static bool resolve(struct csv *csv, struct ef_err *err)
{
	int64_t end = (int64_t)csv->opts.table_offset + EF_SECTOR;

	for (size_t i = 0; i < csv->count; i++) {
		struct row *row = &csv->row[i];
		int64_t align = part_align(row->type);

		if (!part_is_primary(row->type, row->subtype)) {
			if (row->has_offset && row->offset < end)
				return ef_fail(err, EF_E_INPUT,
					       "line %u, field 'offset': it is below 0x%08llx, "
					       "the end of %s",
					       row->line, (unsigned long long)end,
					       i ? "the preceding partition"
						 : "the partition table");
			if (!row->has_offset)
				row->offset = (end + align - 1) / align * align;
			if (row->size < 0) /* a negative size is an end address */
				row->size = -row->size - row->offset;
			end = row->offset + row->size;
		}
		if (!store(row, &csv->table.part[i], err))
			return false;
	}
	csv->table.count = csv->count;
	csv->table.has_md5 = true;
	return true;
}

static bool check_input(const uint8_t *data, size_t len, struct ef_err *err)
{
	if (len > EF_MAX_CSV)
		return ef_fail(err, EF_E_INPUT, "a partition table of %zu bytes is too large", len);
	if (len >= 2 && data[0] == 0xff && data[1] == 0xff)
		return ef_fail(err, EF_E_INPUT, "no partition table: this is erased flash");
	return true;
}

bool ef_partition_parse_csv(const uint8_t *data, size_t len, const struct ef_partition_opts *opts,
			    struct ef_partition_table *ret, struct ef_err *err)
{
	struct csv *csv;
	bool ok;

	if (!check_input(data, len, err))
		return false;
	csv = calloc(1, sizeof(*csv));
	if (!csv)
		return ef_fail(err, EF_E_IO, "out of memory");
	csv->opts = part_opts(opts);
	/* UTF-8 text is at most 1.5 times as long as UTF-16 */
	csv->text = (struct ef_buf)EF_BUF_INIT(2 * EF_MAX_CSV);
	ok = part_text_decode(data, len, &csv->text, err) && parse_lines(csv, err) &&
	     resolve(csv, err) && ef_partition_check(&csv->table, &csv->opts, err);
	if (ok)
		*ret = csv->table;
	ef_buf_release(&csv->text);
	free(csv);
	return ok;
}

/* ---- writing ---- */

/* Quote a name that contains characters with a meaning in CSV. */
static bool add_name(struct ef_buf *b, const char *name, struct ef_err *err)
{
	char clean[17];
	size_t len = strlen(name);
	bool has_blank;

	ef_strlcpy(clean, sizeof(clean), name);
	ef_clean_text(clean);
	has_blank = part_text_strip((struct text){ clean, strlen(clean) }).len != strlen(clean);
	if (len && !has_blank && !strpbrk(clean, ",\"#$"))
		return ef_buf_printf(b, err, "%s,", clean);
	if (!ef_buf_add(b, "\"", 1, err))
		return false;
	for (const char *c = clean; *c; c++)
		if (!ef_buf_add(b, *c == '"' ? "\"\"" : c, *c == '"' ? 2 : 1, err))
			return false;
	return ef_buf_add(b, "\",", 2, err);
}

static bool add_row(struct ef_buf *b, const struct ef_partition *p, struct ef_err *err)
{
	char type[EF_PART_NAME_SIZE], subtype[EF_PART_NAME_SIZE];
	bool is_encrypted = p->flags & EF_PART_ENCRYPTED, is_readonly = p->flags & EF_PART_READONLY;

	ef_partition_type_name(p->type, type);
	ef_partition_subtype_name(p->type, p->subtype, subtype);
	return add_name(b, p->name, err) &&
	       ef_buf_printf(b, err, "%s,%s,0x%x,0x%x,%s%s%s\n", type, subtype, p->offset, p->size,
			     is_encrypted ? "encrypted" : "",
			     is_encrypted && is_readonly ? ":" : "", is_readonly ? "readonly" : "");
}

bool ef_partition_to_csv(const struct ef_partition_table *table, char **ret, struct ef_err *err)
{
	struct ef_buf b = EF_BUF_INIT(EF_MAX_CSV);
	bool ok;

	ok = ef_buf_printf(&b, err,
			   "# ESP-IDF Partition Table\n"
			   "# Name,Type,SubType,Offset,Size,Flags\n");
	for (size_t i = 0; ok && i < table->count; i++)
		ok = add_row(&b, &table->part[i], err);
	if (!ok || !ef_buf_fill(&b, 0, 1, err)) {
		ef_buf_release(&b);
		return false;
	}
	*ret = (char *)b.data;
	return true;
}
