/* SPDX-License-Identifier: MIT */
/* Shows a thing's plan to people and to programs. */
#include "cli/firmware/thing.h"

#include <inttypes.h>

#include "base/text.h"
#include "cli/ui/ui.h"
#include <espflash/image.h>

#define UNPLACED "app slot"

static void print_settings(FILE *out, const struct ef_input_settings *s)
{
	const char *size = s->finds_size ? "the size that is found"
			   : s->size     ? ef_flash_size_name(s->size)
					 : "size as in the file";

	if (!s->mode_plus && !s->freq_mhz && !s->size && !s->finds_size)
		return;
	fprintf(out, "Flash settings:    %s, ",
		s->mode_plus ? ef_flash_mode_name((enum ef_flash_mode)(s->mode_plus - 1))
			     : "mode as in the file");
	if (s->freq_mhz)
		fprintf(out, "%uMHz, %s\n", s->freq_mhz, size);
	else
		fprintf(out, "frequency as in the file, %s\n", size);
}

static void print_part(FILE *out, const struct ef_input_part *p)
{
	char number[EF_NUMBER_SIZE];

	ef_number(number, p->len);
	if (p->is_app)
		fprintf(out, "%-10s", UNPLACED);
	else
		fprintf(out, "0x%08" PRIx32, p->addr);
	fprintf(out, "  %10s  %-16s  %s%s\n", number, p->name, *p->origin ? p->origin : "-",
		p->is_encrypted ? "  (to be encrypted)" : "");
}

static void print_parts(FILE *out, const struct ef_input *in)
{
	fprintf(out, "\n%-10s  %10s  %-16s  %s\n", "Address", "Bytes", "What", "File");
	for (size_t i = 0; i < in->part_count; i++)
		print_part(out, &in->parts[i]);
}

void thing_print_input(FILE *out, const struct ef_input *in)
{
	fprintf(out, "Input:             %s%s%s\n", in->format, *in->name ? ": " : "", in->name);
	fprintf(out, "Chip:              %s\n", in->chip ? in->chip->label : "not named");
	print_settings(out, &in->settings);
	print_parts(out, in);
}

void thing_print(struct cli *cli, const struct thing *t)
{
	const struct ef_input *in = &t->input;
	FILE *out = cli->out;

	fprintf(out, "Input:             %s%s%s\n", in->format, *in->name ? ": " : "", in->name);
	fprintf(out, "Chip:              %s\n", in->chip ? in->chip->label : "not named");
	print_settings(out, &in->settings);
	if (*in->elf)
		fprintf(out, "ELF:               %s%s\n", t->folder, in->elf);
	print_parts(out, in);
}

void thing_say_gaps(struct cli *cli, const struct ef_input *in)
{
	for (size_t i = 0; i < in->gap_count; i++)
		ui_log(cli, EF_LOG_INFO,
		       "0x%08" PRIx32 " to 0x%08" PRIx32
		       "%s%s%s: blank in the file, so the flash keeps its content there",
		       in->gaps[i].addr, in->gaps[i].addr + in->gaps[i].len - 1,
		       *in->gaps[i].name ? " (" : "", in->gaps[i].name,
		       *in->gaps[i].name ? ")" : "");
	if (in->gaps_left_out)
		ui_log(cli, EF_LOG_INFO, "%zu further blank ranges stay as they are",
		       in->gaps_left_out);
	if (in->gap_count)
		ui_log(cli, EF_LOG_INFO, "'--fill-gaps' writes blank ranges, too");
}

static void json_settings(struct json_out *j, const struct ef_input_settings *s)
{
	json_text(j, "flash_mode",
		  s->mode_plus ? ef_flash_mode_name((enum ef_flash_mode)(s->mode_plus - 1)) : NULL);
	if (s->freq_mhz)
		json_number(j, "flash_frequency_mhz", s->freq_mhz);
	else
		json_null(j, "flash_frequency_mhz");
	if (s->size)
		json_number(j, "flash_size", s->size);
	else
		json_null(j, "flash_size");
}

static void json_part(struct json_out *j, const struct ef_input_part *p)
{
	json_begin_object(j, NULL);
	if (p->is_app)
		json_null(j, "address");
	else
		json_number(j, "address", p->addr);
	json_number(j, "size", p->len);
	json_text(j, "name", p->name);
	json_text(j, "file", *p->origin ? p->origin : NULL);
	json_bool(j, "encrypted", p->is_encrypted);
	json_end(j);
}

void thing_json_parts(struct json_out *j, const struct ef_input *in)
{
	json_begin_array(j, "parts");
	for (size_t i = 0; i < in->part_count; i++)
		json_part(j, &in->parts[i]);
	json_end(j);
}

void thing_json(struct json_out *j, const struct thing *t)
{
	const struct ef_input *in = &t->input;
	char elf[THING_PATH_SIZE];

	json_begin_object(j, "plan");
	json_text(j, "format", in->format);
	json_text(j, "project", *in->name ? in->name : NULL);
	json_text(j, "chip", in->chip ? in->chip->name : NULL);
	json_settings(j, &in->settings);
	json_text(j, "before", *in->before ? in->before : NULL);
	json_text(j, "after", *in->after ? in->after : NULL);
	json_text(j, "elf", thing_elf(t, elf) ? elf : NULL);
	thing_json_parts(j, in);
	json_begin_array(j, "gaps");
	for (size_t i = 0; i < in->gap_count; i++) {
		json_begin_object(j, NULL);
		json_number(j, "address", in->gaps[i].addr);
		json_number(j, "size", in->gaps[i].len);
		json_text(j, "partition", *in->gaps[i].name ? in->gaps[i].name : NULL);
		json_end(j);
	}
	json_end(j);
	json_end(j);
}
