/* SPDX-License-Identifier: MIT */
/* Lays a plan over the chip's flash. */
#include "cli/start/flash_view.h"

#include "base/bytes.h"

static bool is_within(uint32_t addr, uint32_t len, uint32_t start, uint64_t size)
{
	return addr >= start && (uint64_t)addr + len <= start + size;
}

static bool is_written(const struct flash_view *v, uint32_t addr, uint32_t len)
{
	for (size_t i = 0; i < v->region_count; i++)
		if (is_within(addr, len, v->regions[i].region.addr, v->regions[i].region.len))
			return true;
	return false;
}

static bool is_erased(const struct flash_view *v, uint32_t addr, uint32_t len)
{
	for (size_t i = 0; i < v->erase_count; i++)
		if (v->erases[i].is_whole ||
		    is_within(addr, len, v->erases[i].addr, v->erases[i].len))
			return true;
	return false;
}

bool flash_view_writes(const struct flash_view *v, uint32_t addr)
{
	return is_written(v, addr, 1);
}

/* Copy the part of this range that the regions have. */
static void lay_regions(const struct flash_view *v, uint32_t addr, uint32_t len, uint8_t *ret)
{
	for (size_t i = 0; i < v->region_count; i++) {
		const struct ef_region *r = &v->regions[i].region;
		uint64_t start = r->addr > addr ? r->addr : addr, end = (uint64_t)r->addr + r->len;

		if (end > (uint64_t)addr + len)
			end = (uint64_t)addr + len;
		if (start < end)
			memcpy(ret + (start - addr), r->data + (start - r->addr),
			       (size_t)(end - start));
	}
}

struct target {
	uint8_t *data;
	size_t len, room;
};

static bool sink(void *user, const uint8_t *data, size_t len, struct ef_err *err)
{
	struct target *t = user;

	if (len > t->room - t->len)
		return ef_fail(err, EF_E_PROTOCOL, "more bytes of flash than were asked for");
	memcpy(t->data + t->len, data, len);
	t->len += len;
	return true;
}

static bool is_planned(const struct flash_view *v, uint32_t addr, uint32_t len)
{
	return is_written(v, addr, len) || is_erased(v, addr, len);
}

bool flash_view_read(const struct flash_view *v, uint32_t addr, uint32_t len, const char *label,
		     uint8_t *ret, struct ef_err *err)
{
	struct target target = { ret, 0, len };
	bool ok = true;

	memset(ret, 0xff, len);
	if (!is_planned(v, addr, len)) {
		v->cli->progress.is_hidden = !label;
		ok = ef_flasher_read_labelled(v->session->flasher, addr, len, label, sink, &target,
					      err);
		v->cli->progress.is_hidden = false;
	}
	lay_regions(v, addr, len, ret);
	return ok;
}

/* A file may be shorter than the table's place: what follows its last row does not count. */
static bool is_table_planned(const struct flash_view *v, uint32_t addr, const uint8_t *rows)
{
	return is_planned(v, addr, EF_PARTITION_TABLE_SIZE) ||
	       (is_planned(v, addr, EF_PARTITION_TABLE_FIRST) &&
		!ef_partition_goes_on(rows, EF_PARTITION_TABLE_FIRST));
}

bool flash_view_read_table(const struct flash_view *v, uint32_t addr,
			   uint8_t ret[EF_PARTITION_TABLE_SIZE], struct ef_err *err)
{
	const uint32_t len = EF_PARTITION_TABLE_SIZE;

	memset(ret, 0xff, len);
	lay_regions(v, addr, len, ret);
	if (v->closed || is_table_planned(v, addr, ret))
		return true;
	if (!ef_flasher_read_table(v->session->flasher, addr, ret, err))
		return false;
	lay_regions(v, addr, len, ret);
	return true;
}

bool flash_view_ends_before(const struct flash_view *v, uint32_t addr, uint32_t len)
{
	uint32_t size = ef_flasher_device(v->session->flasher)->flash_size;

	return size && !ef_range_ok(addr, len, size);
}

bool flash_view_init(struct flash_view *v, struct cli *cli, struct session *s, struct ef_err *err)
{
	*v = (struct flash_view){ .cli = cli, .session = s };
	if (ef_flasher_device(s->flasher)->is_secure_download) {
		v->closed = "flash can't be read in secure download mode";
		return true;
	}
	if (!ef_flasher_is_encrypted(s->flasher, &v->is_encrypted, err))
		return false;
	if (v->is_encrypted)
		v->closed = "the flash is encrypted, and what is in it can't be read";
	return true;
}

/* Secure download mode allows an erase; a chip that decrypts could not read a record of ours. */
bool flash_view_hint(const struct flash_view *v, struct ef_err *err)
{
	if (v->is_encrypted)
		return ef_hint_own(err, "only an app on the chip can choose the slot "
					"(esp_ota_set_boot_partition)");
	return ef_hint_own(err, "erasing works unseen: espflash-c erase-parts --partition-table "
				"FILE otadata; then the bootloader starts factory or ota_0");
}
