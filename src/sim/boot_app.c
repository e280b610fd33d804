/* SPDX-License-Identifier: MIT */
/*
 * Checks an application as a second-stage bootloader does, and prints the lines of an application
 * that starts. Nothing is executed: name and version come from the descriptor in the image, and a
 * greeting is printed only if the image contains one.
 */
#include "base/text.h"
#include "sim/boot_parts.h"
#include "sim/parts.h"

#define APP_MAGIC 0xabcd5432u

static bool is_in(const struct sim_range *r, uint32_t addr)
{
	return addr >= r->start && addr < r->end;
}

bool sim_is_mapped(const struct sim_chip *chip, uint32_t addr)
{
	return is_in(&chip->mem.mapped[0], addr) || is_in(&chip->mem.mapped[1], addr);
}

/* The descriptor starts the first mapped segment (image offset 32). */
static const uint8_t *find_descriptor(const struct sim *sim, const struct sim_image *img)
{
	for (unsigned i = 0; i < img->count; i++)
		if (sim_is_mapped(sim->chip, img->seg[i].addr) && img->seg[i].len >= 256 &&
		    ef_le32(sim->flash.data + img->seg[i].off) == APP_MAGIC)
			return sim->flash.data + img->seg[i].off;
	return NULL;
}

static bool check_chip(struct sim_log *log, const struct sim_image *img)
{
	struct sim *sim = log->sim;
	unsigned rev = sim->revision;

	if (img->chip_id != sim->chip->image_id) {
		sim_log(log, 'E', "boot_comm", "mismatch chip ID, expected %u, found %u",
			sim->chip->image_id, img->chip_id);
		return false;
	}
	if (rev < img->min_rev) {
		sim_log(log, 'E', "boot_comm",
			"Image requires chip rev >= v%u.%u, but chip is v%u.%u",
			img->min_rev / 100u, img->min_rev % 100u, rev / 100, rev % 100);
		return false;
	}
	if (img->max_rev && img->max_rev != 0xffff && rev > img->max_rev) {
		sim_log(log, 'E', "boot_comm",
			"Image requires chip rev <= v%u.%u, but chip is v%u.%u",
			img->max_rev / 100u, img->max_rev % 100u, rev / 100, rev % 100);
		return false;
	}
	return true;
}

static bool check_segments(struct sim_log *log, const struct sim_image *img)
{
	const struct sim *sim = log->sim;
	const uint8_t *desc = find_descriptor(sim, img);
	uint32_t page = 0x10000;

	/* byte 180 of the descriptor: log2 of the MMU page */
	if (desc && desc[180] >= 12 && desc[180] <= 16)
		page = 1u << desc[180];
	for (unsigned i = 0; i < img->count; i++) {
		const struct sim_segment *seg = &img->seg[i];
		bool map = sim_is_mapped(sim->chip, seg->addr);
		bool load = !map && seg->addr != 0;

		sim_log(log, 'I', "esp_image",
			"segment %u: paddr=%08x vaddr=%08x size=%05xh (%6u) %s", i, seg->off,
			seg->addr, seg->len, seg->len,
			load  ? "load"
			: map ? "map"
			      : "");
		if (map && seg->off % page != seg->addr % page) {
			sim_log(log, 'E', "esp_image",
				"Segment %u load address 0x%08x, doesn't match "
				"data 0x%08x",
				i, seg->addr, seg->off);
			return false;
		}
		if (load && !sim_chip_is_ram(sim->chip, seg->addr, seg->len)) {
			sim_log(log, 'E', "esp_image",
				"Segment %u 0x%08x-0x%08x invalid: bad load "
				"address range",
				i, seg->addr, seg->addr + seg->len);
			return false;
		}
	}
	return true;
}

bool sim_app_check(struct sim_log *log, const struct sim_part *part, struct sim_image *img)
{
	sim_image_check(log->sim, part->off, part->size, img);
	switch (img->fault) {
	case SIM_IMAGE_MAGIC:
		sim_log(log, 'E', "esp_image",
			"image at 0x%x has invalid magic byte (nothing flashed "
			"here?)",
			part->off);
		return false;
	case SIM_IMAGE_SEGMENTS:
		sim_log(log, 'E', "esp_image", "image at 0x%x segment count %u exceeds max 16",
			part->off, img->count);
		return false;
	default:
		break;
	}
	if (!check_chip(log, img))
		return false;
	if (img->fault == SIM_IMAGE_LENGTH) {
		sim_log(log, 'E', "esp_image", "image at 0x%x: invalid segment length", part->off);
		return false;
	}
	if (!check_segments(log, img))
		return false;
	if (img->fault == SIM_IMAGE_CHECKSUM) {
		sim_log(log, 'E', "esp_image", "Checksum failed. Calculated 0x%x read 0x%x",
			img->sum, img->want_sum);
		return false;
	}
	if (img->fault == SIM_IMAGE_HASH) {
		sim_log(log, 'E', "esp_image", "Image hash failed - image is corrupt");
		return false;
	}
	return true;
}

/* ---- its output ---- */

static bool find_text(const struct sim *sim, const struct sim_image *img, const char *text,
		      char *ret, size_t cap)
{
	size_t len = strlen(text);

	for (unsigned i = 0; i < img->count; i++) {
		const uint8_t *p = sim->flash.data + img->seg[i].off, *end = p + img->seg[i].len;
		size_t n = 0;

		p = ef_find_text(p, img->seg[i].len, text);
		if (!p)
			continue;
		/* Rust's string constants have no terminator; stop after an exclamation mark. */
		while (n < (size_t)(end - p) && p[n] >= 0x20 && p[n] < 0x7f &&
		       (n < len || p[n - 1] != '!'))
			n++;
		sim_copy_text(ret, cap, p, n);
		return true;
	}
	return false;
}

static void describe(struct sim_log *log, const struct sim_image *img, const uint8_t *desc)
{
	char text[64], sha[10], time[17];
	const char *tag = find_text(log->sim, img, "app_init", text, sizeof(text)) ? "app_init"
										   : "cpu_start";
	static const struct {
		const char *name;
		uint8_t off, len;
	} fields[] = { { "Project name:     ", 48, 32 }, { "App version:      ", 16, 32 } };

	sim_log(log, 'I', "cpu_start", "Pro cpu start user code");
	sim_log(log, 'I', tag, "Application information:");
	for (size_t i = 0; i < EF_ARRAY_LEN(fields); i++) {
		sim_copy_text(text, sizeof(text), desc + fields[i].off, fields[i].len);
		sim_log(log, 'I', tag, "%s%s", fields[i].name, text);
	}
	sim_copy_text(text, 17, desc + 96, 16);
	sim_copy_text(time, sizeof(time), desc + 80, 16);
	sim_log(log, 'I', tag, "Compile time:     %s %s", text, time);
	for (unsigned i = 0; i < 9; i++) {
		unsigned nibble = i % 2 ? desc[144 + i / 2] & 15u : desc[144 + i / 2] >> 4;

		sha[i] = "0123456789abcdef"[nibble];
	}
	sha[9] = '\0';
	sim_log(log, 'I', tag, "ELF file SHA256:  %s...", sha);
	sim_copy_text(text, sizeof(text), desc + 112, 32);
	sim_log(log, 'I', tag, "ESP-IDF:          %s", text);
}

bool sim_app_boot(struct sim_log *log, const struct sim_table *table, uint32_t header_size)
{
	struct sim *sim = log->sim;
	struct sim_image img;
	const uint8_t *desc;
	char text[128];

	if (!sim->flash.data || !sim_slot_choose(log, table, &img))
		return false;
	sim_log(log, 'I', "boot", "Disabling RNG early entropy source...");
	desc = find_descriptor(sim, &img);
	if (desc) {
		describe(log, &img, desc);
		if (header_size < sim->flash.size)
			sim_log(log, 'W', "spi_flash",
				"Detected size(%uk) larger than the size in the binary image "
				"header(%uk). Using the size in the binary image header.",
				sim->flash.size / 1024, header_size / 1024);
		sim_log(log, 'I', "main_task", "Calling app_main()");
	}
	sim->boot.run_at = sim->now + log->us;
	if (find_text(sim, &img, "Hello", text, sizeof(text)) ||
	    find_text(sim, &img, "hello", text, sizeof(text)))
		sim_text(sim, sim->boot.run_at + 1000, "%s\r\n", text);
	return true;
}
