/* SPDX-License-Identifier: MIT */
/* image-info: what a file with an ESP image says of itself, as text or JSON. */
#include <inttypes.h>

#include "cli/cli.h"
#include "base/util.h"
#include <espflash/image.h>

struct facts {
	struct ef_image_info image;
	const struct ef_chip *chip; /* NULL: no chip has this id */
	struct ef_app_desc app;
	bool has_app;
};

static bool checksum_ok(const struct facts *f)
{
	return f->image.checksum_stored == f->image.checksum_computed;
}

static const char *memory_name(const struct facts *f, uint32_t addr)
{
	const struct ef_mem *mem = f->chip ? ef_chip_mem(f->chip, addr) : NULL;

	/* What only brings the next segment to its place in flash is for no address. */
	if (addr == 0)
		return "padding";
	return mem ? mem->name : NULL;
}

static void print_text(FILE *out, const struct facts *f)
{
	const struct ef_image_info *i = &f->image;

	fprintf(out, "Chip type:         %s (id %u)\n", f->chip ? f->chip->name : "unknown",
		i->chip_id);
	fprintf(out, "Minimum revision:  v%u.%u\n", i->min_rev / 100u, i->min_rev % 100u);
	fprintf(out, "Entry point:       0x%08" PRIx32 "\n", i->entry);
	fprintf(out, "Flash mode:        %s\n", ef_flash_mode_name((enum ef_flash_mode)i->mode));
	fprintf(out, "Flash size:        %s\n",
		ef_flash_size_name(ef_flash_size_bytes(i->size_code)));
	fprintf(out, "Image size:        %" PRIu32 " bytes\n", i->len);
	fprintf(out, "Checksum:          0x%02x (%s)\n", i->checksum_stored,
		checksum_ok(f) ? "valid" : "WRONG");
	fprintf(out, "SHA-256 digest:    %s\n",
		!i->has_digest       ? "none"
		: i->is_digest_valid ? "valid"
				     : "WRONG");
	for (unsigned n = 0; n < i->segment_count; n++) {
		const struct ef_segment *seg = &i->segment[n];
		const char *memory = memory_name(f, seg->addr);

		fprintf(out, "Segment %-2u         0x%08" PRIx32 ", %" PRIu32 " bytes, %s\n", n,
			seg->addr, seg->len, memory ? memory : "unknown memory");
	}
	if (!f->has_app)
		return;
	fprintf(out, "Project:           %s %s\n", f->app.project, f->app.version);
	fprintf(out, "Built:             %s %s, %s\n", f->app.date, f->app.time,
		f->app.idf_version);
}

static void app_json(struct json_out *j, const struct facts *f)
{
	char hash[2 * sizeof(f->app.elf_sha256) + 1];

	if (!f->has_app) {
		json_null(j, "app");
		return;
	}
	ef_hex(hash, f->app.elf_sha256, sizeof(f->app.elf_sha256));
	json_begin_object(j, "app");
	json_text(j, "project", f->app.project);
	json_text(j, "version", f->app.version);
	json_text(j, "idf_version", f->app.idf_version);
	json_text(j, "date", f->app.date);
	json_text(j, "time", f->app.time);
	json_text(j, "elf_sha256", hash);
	json_end(j);
}

static bool print_json(struct cli *cli, const struct facts *f, struct ef_err *err)
{
	const struct ef_image_info *i = &f->image;
	struct json_out *j = json_new(cli->command);

	json_text(j, "chip", f->chip ? f->chip->name : NULL);
	json_number(j, "chip_id", i->chip_id);
	json_number(j, "entry", i->entry);
	json_text(j, "flash_mode", ef_flash_mode_name((enum ef_flash_mode)i->mode));
	json_number(j, "flash_size", ef_flash_size_bytes(i->size_code));
	json_number(j, "min_revision", i->min_rev);
	json_number(j, "size", i->len);
	json_begin_array(j, "segments");
	for (unsigned n = 0; n < i->segment_count; n++) {
		json_begin_object(j, NULL);
		json_number(j, "address", i->segment[n].addr);
		json_number(j, "size", i->segment[n].len);
		json_number(j, "offset", i->segment[n].off);
		json_text(j, "memory", memory_name(f, i->segment[n].addr));
		json_end(j);
	}
	json_end(j);
	json_bool(j, "checksum_valid", checksum_ok(f));
	if (i->has_digest)
		json_bool(j, "digest_valid", i->is_digest_valid);
	else
		json_null(j, "digest_valid");
	app_json(j, f);
	return json_print(j, cli->out, err);
}

bool cmd_image_info(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct image_info_args *a = args;
	struct ef_map file = { 0 };
	struct facts f;
	bool ok = false;

	if (!ef_map_open(&file, a->file, EF_MAX_IMAGE, err))
		return false;
	if (!ef_image_parse(file.data, file.len, &f.image, err)) {
		ef_context(err, "image '%s'", a->file);
		goto out;
	}
	f.chip = ef_chip_by_image_id(f.image.chip_id);
	f.has_app = ef_image_app_desc(file.data, file.len, &f.app);
	/* People see everything and then the error; programs get one object, this one or that. */
	if (!cli->is_json)
		print_text(cli->out, &f);
	ok = ef_image_verify(&f.image, err) || ef_context(err, "image '%s'", a->file);
	if (ok && cli->is_json)
		ok = print_json(cli, &f, err);
out:
	ef_map_release(&file);
	return ok;
}
