/* SPDX-License-Identifier: MIT */
/*
 * Checks that content is in its place: at the boot address, at the table's address, in the app
 * partitions, and at the start of a file anywhere else. Sources: the ROM starts an image at the
 * boot address whose segments all lie in RAM, and ESP-IDF's bootloader starts what
 * esp_image_format.c accepts from an app partition.
 */
#include "base/text.h"
#include "gate/gate.h"

/* ---- naming what is at the wrong place ---- */

/* Recognize files for a computer, which never belong in flash. */
static bool is_foreign(enum ef_content kind)
{
	return kind >= EF_CONTENT_ELF;
}

static enum ef_hint_id hint_for(enum ef_content kind)
{
	static const enum ef_hint_id hints[EF_CONTENT_COUNT] = {
		[EF_CONTENT_ELF] = EF_HINT_GATE_ELF,
		[EF_CONTENT_IHEX] = EF_HINT_GATE_PLACED,
		[EF_CONTENT_SREC] = EF_HINT_GATE_SREC,
		[EF_CONTENT_UF2] = EF_HINT_GATE_PLACED,
		[EF_CONTENT_GZIP] = EF_HINT_GATE_GZIP,
		[EF_CONTENT_ZIP] = EF_HINT_GATE_ZIP,
		[EF_CONTENT_PACKED] = EF_HINT_GATE_PACKED,
		[EF_CONTENT_HTML] = EF_HINT_GATE_DOWNLOAD,
		[EF_CONTENT_JSON] = EF_HINT_GATE_JSON,
		[EF_CONTENT_CSV] = EF_HINT_GATE_CSV,
		[EF_CONTENT_TEXT] = EF_HINT_GATE_DOWNLOAD,
		[EF_CONTENT_PROGRAM] = EF_HINT_GATE_OTHER_FILE,
		[EF_CONTENT_MEDIA] = EF_HINT_GATE_DOWNLOAD,
		[EF_CONTENT_ESP8266] = EF_HINT_GATE_ESP8266,
		[EF_CONTENT_MCUBOOT] = EF_HINT_GATE_MCUBOOT,
	};

	return hints[kind] ? hints[kind] : EF_HINT_GATE_OTHER_FILE;
}

/* "", or the first line of a short text: servers put the reason of a failure there. */
static const char *first_words(const struct spot *s, char ret[40])
{
	size_t n = 0;

	if (s->kind == EF_CONTENT_TEXT)
		while (n < 36 && n < s->len && s->data[n] >= ' ' && s->data[n] < 0x7f)
			n++;
	if (n)
		(void)ef_snprintf(ret, 40, " '%.*s'", (int)n, (const char *)s->data);
	else
		ret[0] = '\0';
	return ret;
}

/* The address of the app unless a table gives another: all default tables have an app there. */
#define APP_AT 0x10000u

static uint32_t app_place(const struct gate *g)
{
	const struct ef_partition *p = g->table ? ef_partition_target(g->table, NULL) : NULL;

	return p ? p->offset : APP_AT;
}

static void not_bootable(struct gate *g, const struct spot *s, const struct spot *file)
{
	const struct spot *named = is_foreign(file->kind) ? file : s;
	char words[40];

	gate_hint_number(gate_add(g, EF_FINDING_NOT_BOOTABLE, named,
				  " is %s%s, and 0x%x is where this chip's bootloader belongs",
				  ef_content_name(named->kind), first_words(named, words), g->boot),
			 hint_for(named->kind), g->boot);
}

static void app_at_boot(struct gate *g, const struct spot *s)
{
	gate_hint_number(
		gate_add(g, EF_FINDING_APP_AT_BOOT, s,
			 " is an app, and 0x%x is where this chip's bootloader belongs; only a "
			 "bootloader can start an app",
			 g->boot),
		EF_HINT_GATE_WRITE_AT, app_place(g));
}

static void wrong_bootloader_place(struct gate *g, const struct spot *s)
{
	gate_hint_number(
		gate_add(g, EF_FINDING_BOOTLOADER_PLACE, s,
			 " is a bootloader, and this chip looks for its bootloader at 0x%x",
			 g->boot),
		EF_HINT_GATE_WRITE_AT, g->boot);
}

/* ---- secure boot ---- */

static void check_signature(struct gate *g, const struct spot *s, const struct ef_image_info *info)
{
	const struct ef_locks *l = &g->target->locks;
	struct ef_image_signature sig;

	if (!l->is_secure_boot || l->is_secure_boot_v1 || gate_may_be_cipher(g, s->region) ||
	    (ef_image_signature(s->data, s->len, info, &sig) && sig.is_digest_valid))
		return;
	gate_hint(gate_add(g, EF_FINDING_LOCK_SIGNATURE, s,
			   ": secure boot is on, and the image has no valid signature; this chip "
			   "would not start it"),
		  EF_HINT_GATE_SIGN);
}

/* ---- the boot address ---- */

static void check_header_size(struct gate *g, const struct spot *s, const struct ef_image_info *i)
{
	uint32_t size = ef_flash_size_bytes(i->size_code), have = g->target->flash_size;

	if (!have || size <= have)
		return;
	gate_hint_number(gate_add(g, EF_FINDING_HEADER_SIZE, s,
				  ": its header says %s of flash, and this chip has %s; ESP-IDF's "
				  "apps refuse to start then",
				  ef_flash_size_name(size), ef_flash_size_name(have)),
			 EF_HINT_GATE_HEADER_SIZE, have / EF_MIB);
}

static void check_boot_image(struct gate *g, const struct spot *s)
{
	struct ef_image_info info;

	if (!gate_image(g, s, &info))
		return;
	if (ef_image_is_mapped(&info)) {
		app_at_boot(g, s);
		return;
	}
	check_header_size(g, s, &info);
	check_signature(g, s, &info);
}

static void check_boot(struct gate *g, const struct spot *s, const struct spot *file)
{
	bool may_be_cipher = gate_may_be_cipher(g, s->region);

	if (s->kind == EF_CONTENT_IMAGE)
		check_boot_image(g, s);
	else if (s->kind == EF_CONTENT_BLANK)
		gate_add(g, EF_FINDING_BOOT_ERASED, s,
			 ": nothing but 0xff is written over the bootloader; the chip "
			 "will not start");
	else if (!(s->kind == EF_CONTENT_DIRECT && g->boot == 0) &&
		 !(s->kind == EF_CONTENT_UNKNOWN && may_be_cipher))
		not_bootable(g, s, file);
}

/* ---- the partition table ---- */

/* Check what the bootloader would refuse with the message "exceeds flash chip size". */
static bool check_rows(struct gate *g, const struct spot *s, const struct ef_partition_table *t)
{
	uint32_t size = g->target->flash_size;

	for (size_t i = 0; size && i < t->count; i++) {
		const struct ef_partition *p = &t->part[i];

		if (ef_range_ok(p->offset, p->size, size))
			continue;
		gate_hint(gate_add(g, EF_FINDING_TABLE_DAMAGED, s,
				   ": partition '%.16s' (0x%x, %u bytes) passes the end of this "
				   "chip's flash (%s), and the bootloader refuses such a table",
				   p->name, p->offset, p->size, ef_flash_size_name(size)),
			  EF_HINT_GATE_TABLE);
		return false;
	}
	return true;
}

/* The size may differ: that of a default table's app follows the size of the flash. */
static bool has_row(const struct ef_partition_table *t, const struct ef_partition *row)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct ef_partition *p = &t->part[i];

		if (p->offset == row->offset && p->type == row->type &&
		    p->subtype == row->subtype && strcmp(p->name, row->name) == 0)
			return true;
	}
	return false;
}

/* Return the first partition that the other table lacks; NULL: it has all. */
static const struct ef_partition *lost_row(const struct ef_partition_table *now,
					   const struct ef_partition_table *t)
{
	for (size_t i = 0; i < now->count; i++)
		if (!has_row(t, &now->part[i]))
			return &now->part[i];
	return NULL;
}

/*
 * Warn if the user named no table, because they may not expect the default one to replace the
 * chip's.
 */
static void check_own_table(struct gate *g, const struct spot *s,
			    const struct ef_partition_table *t)
{
	const struct ef_partition *lost = g->target->table ? lost_row(g->target->table, t) : NULL;

	if (lost)
		gate_hint_number(
			gate_add(g, EF_FINDING_TABLE_REPLACED, s,
				 " replaces the chip's own, which has other partitions ('%.16s' "
				 "at 0x%x)",
				 lost->name, lost->offset),
			EF_HINT_GATE_KEEP_TABLE, s->addr);
}

static void check_table(struct gate *g, const struct spot *s)
{
	size_t len = s->len < EF_PARTITION_TABLE_SIZE ? s->len : EF_PARTITION_TABLE_SIZE;
	struct ef_partition_table table;
	struct ef_err why = EF_ERR_INIT;

	if (!ef_partition_parse_binary(s->data, len, &table, &why))
		gate_hint(gate_add(g, EF_FINDING_TABLE_DAMAGED, s, ": %s", why.msg),
			  EF_HINT_GATE_TABLE);
	else if (check_rows(g, s, &table) && !s->region->origin)
		check_own_table(g, s, &table);
}

static void over_table(struct gate *g, const struct spot *s, const struct spot *file)
{
	bool has_now = g->target->table != NULL;
	struct ef_image_info info;
	struct ef_err ignored = EF_ERR_INIT;
	bool is_idf = file->kind == EF_CONTENT_IMAGE &&
		      ef_image_parse(file->data, file->len, &info, &ignored) &&
		      ef_image_kind(file->data, file->len, &info) == EF_IMAGE_BOOTLOADER;

	if (has_now || is_idf)
		gate_add(g, EF_FINDING_OVER_TABLE, file,
			 " reaches over 0x%x, where %s, and has no table there", s->addr,
			 has_now ? "this chip has its partition table"
				 : "bootloaders look for the partition table");
}

static void check_table_place(struct gate *g, const struct spot *s, const struct spot *file)
{
	bool is_named = s->is_start || s->region->role == EF_ROLE_TABLE;
	bool may_be_cipher = s->kind == EF_CONTENT_UNKNOWN && gate_may_be_cipher(g, s->region);
	char words[40];

	if (s->kind == EF_CONTENT_TABLE)
		check_table(g, s);
	else if (is_named && s->kind != EF_CONTENT_BLANK && !may_be_cipher)
		gate_hint_number(gate_add(g, EF_FINDING_NOT_TABLE, s,
					  " is %s%s, and this is where the partition table belongs",
					  ef_content_name(s->kind), first_words(s, words)),
				 s->kind == EF_CONTENT_IMAGE ? EF_HINT_GATE_IMAGE_AT_TABLE
							     : hint_for(s->kind),
				 app_place(g));
	else if (!may_be_cipher)
		over_table(g, s, file);
}

/* ---- app partitions ---- */

static void check_slot_image(struct gate *g, const struct spot *s, const struct ef_partition *p)
{
	struct ef_image_info info;
	enum ef_image_kind kind;

	if (!gate_image(g, s, &info))
		return;
	kind = ef_image_kind(s->data, s->len, &info);
	if (kind == EF_IMAGE_BOOTLOADER) {
		wrong_bootloader_place(g, s);
	} else if (info.len > p->size) {
		gate_hint(gate_add(g, EF_FINDING_APP_TOO_LARGE, s,
				   ": the app has %u bytes, and partition '%.16s' only %u: %u too "
				   "many",
				   info.len, p->name, p->size, info.len - p->size),
			  EF_HINT_APP_TOO_LARGE);
	} else if (kind == EF_IMAGE_RAM) {
		gate_add(g, EF_FINDING_SLOT_UNKNOWN, s,
			 ": the image has no app descriptor and nothing to map from "
			 "flash; ESP-IDF's bootloader may not start it");
	} else {
		check_signature(g, s, &info);
	}
}

static void check_slot(struct gate *g, const struct spot *s, const struct ef_partition *p)
{
	bool may_be_cipher = gate_may_be_cipher(g, s->region);
	bool is_named = s->is_start || s->region->role == EF_ROLE_APP;
	char words[40];

	if (s->kind == EF_CONTENT_IMAGE)
		check_slot_image(g, s, p);
	else if (is_named && (is_foreign(s->kind) || s->kind == EF_CONTENT_TABLE ||
			      s->kind == EF_CONTENT_ESP8266))
		gate_hint_number(gate_add(g, EF_FINDING_NOT_APP, s,
					  " is %s%s, and app partition '%.16s' needs an app image",
					  ef_content_name(s->kind), first_words(s, words), p->name),
				 hint_for(s->kind), s->addr);
	else if (is_named && s->kind == EF_CONTENT_UNKNOWN && !may_be_cipher)
		gate_add(g, EF_FINDING_SLOT_UNKNOWN, s,
			 " is not an app image that is known here, and partition '%.16s' is for "
			 "apps",
			 p->name);
}

static size_t count_apps(const struct ef_partition_table *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->count; i++)
		n += t->part[i].type == EF_PART_APP;
	return n;
}

/* True: the region covers a slot's start. *ret: whether one is where the file begins. */
static bool check_slots(struct gate *g, const struct ef_plan_region *r, bool *ret)
{
	bool has_one = false;
	struct spot s;

	for (size_t i = 0; g->table && i < g->table->count; i++) {
		const struct ef_partition *p = &g->table->part[i];

		if (p->type != EF_PART_APP || !gate_spot(g, r, p->offset, &s))
			continue;
		has_one = true;
		*ret |= s.is_start;
		s.is_spare = !s.is_start && r->role != EF_ROLE_APP && s.part &&
			     count_apps(g->table) > 1;
		check_slot(g, &s, p);
	}
	return has_one;
}

/* ---- anywhere else ---- */

static void check_image_elsewhere(struct gate *g, const struct spot *s)
{
	bool is_data = s->part && s->part->type == EF_PART_DATA;
	struct ef_image_info info;

	if (!is_data) {
		(void)!gate_image(g, s, &info);
		g->ret->changes_start = true;
	} else if (ef_image_parse_start(s->data, s->len, &info) && ef_image_is_mapped(&info) &&
		   info.chip_id == g->target->chip->image_id) {
		gate_add(g, EF_FINDING_APP_IN_DATA, s,
			 " is an app for this chip, and partition '%.16s' is for data: "
			 "no bootloader starts it from there",
			 s->part->name);
	}
}

/*
 * Recognize texts that servers send instead of a file: GitHub's raw "404: Not Found", nginx's and
 * Amazon S3's messages without their markup.
 */
static bool is_refusal_of_server(const struct spot *s)
{
	static const char *const words[] = { "404",       "Not Found", "not found", "Forbidden",
					     "forbidden", "denied",    "Denied",    "Bad Request" };
	size_t len = s->len < 64 ? s->len : 64;

	for (size_t i = 0; i < EF_ARRAY_LEN(words); i++)
		if (ef_find_text((const char *)s->data, len, words[i]))
			return true;
	return false;
}

/* Programs may keep text anywhere in flash. */
static bool may_be_data(const struct spot *s)
{
	return s->kind == EF_CONTENT_JSON || s->kind == EF_CONTENT_CSV ||
	       (s->kind == EF_CONTENT_TEXT && !is_refusal_of_server(s));
}

static void check_elsewhere(struct gate *g, const struct spot *s)
{
	bool is_data = s->region->role == EF_ROLE_DATA || (s->part && s->part->type != EF_PART_APP);
	char words[40];

	if (s->kind == EF_CONTENT_IMAGE) {
		check_image_elsewhere(g, s);
	} else if (s->addr < g->boot && (is_foreign(s->kind) || s->kind == EF_CONTENT_ESP8266)) {
		not_bootable(g, s, s);
	} else if (!is_data && s->kind == EF_CONTENT_TABLE && g->table_at != EF_PLAN_NO_TABLE) {
		gate_add(g, EF_FINDING_TABLE_PLACE, s,
			 " is a partition table, and the bootloader is told to look for "
			 "one at 0x%x",
			 g->table_at);
	} else if (!is_data && is_foreign(s->kind) && !may_be_data(s)) {
		gate_hint_number(
			gate_add(g, EF_FINDING_CONTAINER, s,
				 " is %s%s, and is written as it is; no chip can start that",
				 ef_content_name(s->kind), first_words(s, words)),
			hint_for(s->kind), s->addr);
	}
}

/* ---- the whole file ---- */

/* Data partitions hold anything; tables since ESP-IDF 5.4 have rows for bootloaders. */
static bool is_its_own(const struct ef_partition *p, uint32_t addr)
{
	return p && (p->type == EF_PART_BOOTLOADER ? p->offset == addr : p->type != EF_PART_APP);
}

/*
 * Check for files whose place is wrong as a whole. One finding for the file is better than one for
 * each address that it touches. True: a refusal was added.
 */
static bool check_file(struct gate *g, const struct spot *s)
{
	struct ef_image_info info;
	enum ef_image_kind kind;
	uint32_t base;

	if (is_its_own(s->part, s->addr))
		return false;
	if (gate_merged_base(g, s, &base)) {
		if (base == s->addr)
			return false;
		gate_hint_number(
			gate_add(g, EF_FINDING_MERGED_PLACE, s,
				 " is a merged file (bootloader and partition table), made for "
				 "address 0x%x",
				 base),
			EF_HINT_GATE_WRITE_AT, base);
		return true;
	}
	if (s->kind != EF_CONTENT_IMAGE || s->addr == g->boot ||
	    !ef_image_parse_start(s->data, s->len, &info))
		return false;
	if (info.chip_id != g->target->chip->image_id)
		return !gate_image(g, s, &info);
	kind = ef_image_kind(s->data, s->len, &info);
	if (kind == EF_IMAGE_APP && s->addr >= g->boot)
		return false;
	if (kind == EF_IMAGE_APP)
		app_at_boot(g, s);
	else if (kind == EF_IMAGE_BOOTLOADER || s->addr < g->boot)
		wrong_bootloader_place(g, s);
	else
		return false;
	return true;
}

void gate_places(struct gate *g, const struct ef_plan_region *r)
{
	struct spot file = gate_file_start(g, r), s;
	bool has_place = false, is_judged = false;

	if (!file.data || check_file(g, &file))
		return;
	if (gate_spot(g, r, g->boot, &s)) {
		has_place = is_judged = true;
		check_boot(g, &s, &file);
	}
	if (g->table_at != EF_PLAN_NO_TABLE && gate_spot(g, r, g->table_at, &s)) {
		has_place = true;
		is_judged |= s.is_start;
		check_table_place(g, &s, &file);
	}
	has_place |= check_slots(g, r, &is_judged);
	g->ret->changes_start |= has_place;
	/* the kind of a file matters where it begins, even if the file covers such a place */
	if (!is_judged)
		check_elsewhere(g, &file);
}
