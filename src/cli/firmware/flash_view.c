/* SPDX-License-Identifier: MIT */
/* Lays a plan over the chip's flash. */
#include "cli/firmware/flash_view.h"

#include "cli/board/device.h"
#include "base/bytes.h"

static bool is_within(uint32_t addr, uint32_t len, uint32_t start, uint64_t size)
{
	return addr >= start && (uint64_t)addr + len <= start + size;
}

static bool is_written(const struct flash_view *v, uint32_t addr, uint32_t len)
{
	for (size_t i = 0; i < v->region_count; i++)
		if (is_within(addr, len, v->region[i].addr, v->region[i].len))
			return true;
	return false;
}

static bool is_erased(const struct flash_view *v, uint32_t addr, uint32_t len)
{
	for (size_t i = 0; v->table && v->is_erased && i < v->table->count; i++)
		if (v->is_erased[i] &&
		    is_within(addr, len, v->table->part[i].offset, v->table->part[i].size))
			return true;
	return v->is_all_erased;
}

bool flash_view_writes(const struct flash_view *v, uint32_t addr)
{
	return is_written(v, addr, 1);
}

/* Copy what the regions have of this range. */
static void lay_regions(const struct flash_view *v, uint32_t addr, uint32_t len, uint8_t *ret)
{
	for (size_t i = 0; i < v->region_count; i++) {
		const struct ef_region *r = &v->region[i];
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

bool flash_view_read(const struct flash_view *v, uint32_t addr, uint32_t len, const char *label,
		     uint8_t *ret, struct ef_err *err)
{
	struct target target = { ret, 0, len };
	bool ok = true;

	memset(ret, 0xff, len);
	if (!is_written(v, addr, len) && !is_erased(v, addr, len)) {
		v->cli->progress.is_hidden = !label;
		ok = ef_flasher_read_labelled(v->session->flasher, addr, len, label, sink, &target,
					      err);
		v->cli->progress.is_hidden = false;
	}
	lay_regions(v, addr, len, ret);
	return ok;
}

bool flash_view_ends_before(const struct flash_view *v, uint32_t addr, uint32_t len)
{
	uint32_t size = ef_flasher_device(v->session->flasher)->flash_size;

	return size && !ef_range_ok(addr, len, size);
}

const char *flash_view_closed(const struct flash_view *v)
{
	const struct ef_device *dev = ef_flasher_device(v->session->flasher);

	if (dev->is_secure_download)
		return "flash can't be read in secure download mode";
	if (dev->has_security && device_is_encrypted(&dev->security))
		return "the flash is encrypted, and what is in it can't be read";
	return NULL;
}
