/* SPDX-License-Identifier: MIT */
/*
 * Chooses a bootloader. It must be for the chip, its revision and its crystal. A bootloader that a
 * project built for itself counts only if its configuration is known to be ordinary: one that
 * enables flash encryption does so at its first start, and that can't be undone.
 */
#include "cli/bootloader/boot_find.h"

#include <stdlib.h>

#include "cli/bootloader/boot_places.h"

/* A crate has some 10 MiB; a file that unpacks to more is not one. */
#define UNPACKED_MAX (64u * EF_MIB)

/* ---- fitting ---- */

static bool unfit(const struct boot_found *b, char ret_why[FIND_ORIGIN_SIZE], const char *why)
{
	(void)ef_snprintf(ret_why, FIND_ORIGIN_SIZE, "'%s': %s", b->path, why);
	return false;
}

static bool fits_revision(const struct boot_found *b, const struct find_query *q,
			  char ret_why[FIND_ORIGIN_SIZE])
{
	const struct ef_boot *boot = &b->boot;
	char why[120];

	if (q->revision == 0 || (q->revision >= boot->min_rev && q->revision <= boot->max_rev))
		return true;
	(void)ef_snprintf(why, sizeof(why), "it is for revisions v%u.%u to v%u.%u, not for v%u.%u",
			  boot->min_rev / 100u, boot->min_rev % 100u, boot->max_rev / 100u,
			  boot->max_rev % 100u, q->revision / 100u, q->revision % 100u);
	return unfit(b, ret_why, why);
}

/*
 * On the C5 the ROM finds out which crystal the board has, and the bootloader asks the ROM. Other
 * bootloaders are compiled for one crystal. A bootloader that doesn't name its crystal is for the
 * usual one.
 */
static bool fits_crystal(const struct boot_found *b, const struct find_query *q,
			 char ret_why[FIND_ORIGIN_SIZE])
{
	const struct ef_chip *chip = b->boot.chip;
	uint32_t usual = chip->image.default_xtal_mhz;
	uint32_t has = b->boot.xtal_mhz ? b->boot.xtal_mhz : usual;
	uint32_t needs = q->xtal_mhz ? q->xtal_mhz : usual;
	char why[100];

	if (has == needs || !chip->xtal.mhz[1] || chip->xtal.rom_reg)
		return true;
	(void)ef_snprintf(why, sizeof(why), "it is for a crystal of %u MHz, not of %u MHz",
			  (unsigned)has, (unsigned)needs);
	return unfit(b, ret_why, why);
}

static bool fits_mode(const struct boot_found *b, const struct boot_want *want,
		      char ret_why[FIND_ORIGIN_SIZE])
{
	int mode = b->variant.mode;

	if (b->variant.is_octal)
		return unfit(b, ret_why, "it is for octal flash");
	/* two data lines work with every flash and board */
	if (mode < 0 || mode == want->mode || mode == EF_MODE_DIO || mode == EF_MODE_DOUT)
		return true;
	return unfit(b, ret_why, "it was built for flash with four data lines");
}

static bool is_ordinary(const struct boot_found *b, enum place_kind kind,
			char ret_why[FIND_ORIGIN_SIZE])
{
	if (!b->boot.info.is_digest_valid)
		return unfit(b, ret_why, "its SHA-256 digest is wrong");
	if (b->boot.burns_efuses)
		return unfit(b, ret_why,
			     "it switches on secure boot or flash encryption, which burns eFuses");
	if (b->has_config && b->config.table_offset &&
	    b->config.table_offset != EF_PARTITION_TABLE_OFFSET)
		return unfit(b, ret_why, "it looks for the partition table elsewhere");
	if (kind == PLACE_PROJECT && !b->has_config)
		return unfit(b, ret_why,
			     "it was built for another project, with an unknown configuration");
	return true;
}

bool boot_fits(const struct boot_found *b, const struct find_query *q, const struct boot_want *want,
	       char ret_why[FIND_ORIGIN_SIZE])
{
	return b->boot.chip == q->chip && fits_revision(b, q, ret_why) &&
	       fits_crystal(b, q, ret_why) && fits_mode(b, want, ret_why);
}

/* ---- which one is best ---- */

static unsigned score(const struct boot_found *b, const struct find_query *q,
		      const struct boot_want *want)
{
	int mode = want->mode < 0 ? EF_MODE_DIO : want->mode;
	uint16_t freq = want->freq_mhz ? want->freq_mhz : q->chip->image.default_freq_mhz;

	return boot_name_is_plain(*b->inside ? b->inside : b->path, q->chip) * 16u +
	       (b->variant.mode < 0 || b->variant.mode == mode) * 8u +
	       (!b->variant.freq_mhz || b->variant.freq_mhz == freq) * 4u +
	       (b->boot.xtal_mhz != 0) * 2u + b->boot.is_certain;
}

static bool is_better(const struct boot_found *a, const struct boot_found *b,
		      const struct find_query *q, const struct boot_want *want)
{
	/* as espflash does: take the one for the oldest revisions if the revision is unknown */
	if (q->revision == 0 && ef_boot_has_families(q->chip) && a->boot.max_rev != b->boot.max_rev)
		return a->boot.max_rev < b->boot.max_rev;
	if (score(a, q, want) != score(b, q, want))
		return score(a, q, want) > score(b, q, want);
	/* if both fit this revision, prefer the one that is made for newer revisions */
	return q->revision ? a->boot.min_rev > b->boot.min_rev : a->boot.min_rev < b->boot.min_rev;
}

/* ---- reading places ---- */

struct visit {
	const struct find_query *query;
	struct boot_list *list;
	char *refused;
	size_t refused_cap;
};

static bool visit_file(void *user, const char *path)
{
	struct visit *v = user;
	struct ef_err why = EF_ERR_INIT;

	/* a folder in PATH may be a link to another one that is in PATH */
	for (size_t i = 0; i < v->list->count; i++)
		if (strcmp(v->list->item[i].path, path) == 0)
			return true;
	/* The user named no file, so one that another user put there must not be flashed. */
	if (ef_may_use_found(path, v->query->sudo_uid, v->refused, v->refused_cap) &&
	    !boot_read_file(v->list, path, &why))
		(void)ef_strlcpy(v->list->why, sizeof(v->list->why), why.msg);
	return !v->list->is_full;
}

void boot_find_all(const struct find_query *q, struct boot_list *ret, char *refused, size_t cap)
{
	struct visit v = { q, ret, refused, cap };

	*refused = '\0';
	ret->max_unpacked = UNPACKED_MAX;
	ret->only = q->chip;
	ret->sudo_uid = q->sudo_uid;
	for (const struct place *p = boot_places; p->origin; p++) {
		ret->place = p->origin;
		if (!place_visit(q, p, q->chip, visit_file, &v))
			return;
	}
}

/* ---- choosing ---- */

static struct boot_found *best_of(struct boot_list *l, const struct find_query *q,
				  const struct boot_want *want, enum place_kind kind,
				  char ret_why[FIND_ORIGIN_SIZE])
{
	struct boot_found *best = NULL;

	for (size_t i = 0; i < l->count; i++) {
		struct boot_found *b = &l->item[i];

		if (!boot_fits(b, q, want, ret_why) || !is_ordinary(b, kind, ret_why))
			continue;
		/* within a place the newest version comes first */
		if (!best || is_better(b, best, q, want))
			best = b;
	}
	return best;
}

bool boot_choose(const struct find_query *q, const struct boot_want *want, struct boot_found *ret,
		 char ret_why[FIND_ORIGIN_SIZE])
{
	bool has_one = false;

	*ret_why = '\0';
	for (const struct place *p = boot_places; !has_one && p->origin; p++) {
		struct boot_list l = { .only = q->chip,
				       .place = p->origin,
				       .max_unpacked = UNPACKED_MAX,
				       .sudo_uid = q->sudo_uid };
		struct visit v = { q, &l, ret_why, FIND_ORIGIN_SIZE };
		struct boot_found *best;

		if (p->kind != PLACE_COMMON && !want->takes_any)
			continue;
		(void)place_visit(q, p, q->chip, visit_file, &v);
		best = best_of(&l, q, want, p->kind, ret_why);
		if (best) {
			has_one = true;
			*ret = *best;
			best->content = NULL;
		} else if (!*ret_why && l.why[0]) {
			(void)ef_strlcpy(ret_why, FIND_ORIGIN_SIZE, l.why);
		}
		boot_list_release(&l);
	}
	return has_one;
}

/* ---- words ---- */

void boot_origin(const struct boot_found *b, char *ret, size_t cap)
{
	char at[24] = "";

	if (b->is_offset)
		(void)ef_snprintf(at, sizeof(at), ", at 0x%zx", b->boot.off);
	(void)ef_snprintf(ret, cap, "%s%s%s%s%s", b->place, *b->inside ? ": " : "", b->inside, at,
			  b->is_built ? ", made from the ELF" : "");
	ef_clean_text(ret);
}

bool boot_none(const struct ef_chip *chip, const char *why, bool has_option, struct ef_err *err)
{
	ef_fail(err, EF_E_INPUT, "no bootloader for %s was found%s", chip->label, why);
	return ef_hint_own(
		err,
		"get one in one of these ways: cargo install espflash; or arduino-cli core install "
		"esp32:esp32; or build any project with ESP-IDF, PlatformIO or ESPHome and import "
		"it: espflash-c bootloaders import BUILD; or without any of them: curl -L "
		"https://static.crates.io/crates/espflash/espflash-4.5.0.crate | espflash-c "
		"bootloaders import -%s",
		has_option ? "; or name a file with '--bootloader'" : "");
}
