/* SPDX-License-Identifier: MIT */
/*
 * Reads the app in a partition: the first bytes, or all. The bootloader's own checks are in
 * ESP-IDF's esp_image_format.c and bootloader_common_check_chip_validity.
 */
#include "cli/start/slot_app.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/text.h"
#include "base/util.h"

/* Image header, segment header, app descriptor. */
#define HEAD_SIZE (24u + 8u + EF_APP_DESC_SIZE)

/* A maximum of 0 or 65535 means none (bootloader_common_loader.c: IS_FIELD_SET). */
static bool has_limit(uint16_t revision)
{
	return revision != 0 && revision != UINT16_MAX;
}

static bool fits_chip(const struct flash_view *v, const struct ef_image_info *info,
		      struct slot_app *ret)
{
	const struct ef_device *dev = ef_flasher_device(v->session->flasher);

	if (info->chip_id != dev->chip->image_id) {
		const struct ef_chip *other = ef_chip_by_image_id(info->chip_id);

		(void)ef_snprintf(ret->why, sizeof(ret->why), "it is for %s",
				  other ? other->label : "another chip");
		return false;
	}
	if (!dev->has_revision)
		return true;
	if (dev->revision >= info->min_rev &&
	    (!has_limit(info->max_rev) || dev->revision <= info->max_rev))
		return true;
	(void)ef_snprintf(ret->why, sizeof(ret->why), "it is not for chips of revision v%u.%u",
			  dev->revision / 100u, dev->revision % 100u);
	return false;
}

static enum slot_state judge_head(const struct flash_view *v, const uint8_t *head, size_t len,
				  struct slot_app *ret)
{
	struct ef_image_info info;

	if (ef_is_blank(head, len))
		return SLOT_EMPTY;
	if (!ef_image_parse_start(head, len, &info)) {
		ef_strlcpy(ret->why, sizeof(ret->why), "it doesn't begin like one");
		return SLOT_NO_APP;
	}
	ret->has_desc = ef_image_app_desc(head, len, &ret->desc);
	return fits_chip(v, &info, ret) ? SLOT_APP : SLOT_NO_APP;
}

/* Read on, up to the length that the headers announce. */
static bool read_rest(const struct flash_view *v, const struct ef_partition *part,
		      struct ef_buf *data, struct ef_err *err)
{
	uint64_t need;

	while ((need = ef_image_need(data->data, data->len)) > data->len &&
	       data->len < part->size) {
		uint64_t end = (need + EF_SECTOR - 1) / EF_SECTOR * EF_SECTOR;
		uint32_t at = (uint32_t)data->len;
		uint8_t *room;

		if (end > part->size)
			end = part->size;
		if (!ef_buf_extend(data, (size_t)end - at, &room, err) ||
		    !flash_view_read(v, part->offset + at, (uint32_t)end - at, part->name, room,
				     err))
			return false;
	}
	return true;
}

static void judge_whole(const struct ef_buf *data, struct slot_app *ret)
{
	struct ef_image_info info;
	struct ef_err why = EF_ERR_INIT;

	ret->state = SLOT_VALID;
	if (ef_image_parse(data->data, data->len, &info, &why) && ef_image_verify(&info, &why))
		return;
	ret->state = SLOT_DAMAGED;
	(void)ef_snprintf(ret->why, sizeof(ret->why), "%.150s", why.msg);
}

bool slot_app_read(const struct flash_view *v, const struct ef_partition *part, bool whole,
		   struct slot_app *ret, struct ef_err *err)
{
	struct ef_buf data = EF_BUF_INIT(part->size < EF_MAX_IMAGE ? part->size : EF_MAX_IMAGE);
	uint32_t len = part->size < HEAD_SIZE ? part->size : HEAD_SIZE;
	uint8_t *head;
	bool ok;

	*ret = (struct slot_app){ .state = SLOT_EMPTY };
	if (len == 0)
		return true;
	if (flash_view_ends_before(v, part->offset, part->size)) {
		ret->state = SLOT_NO_APP;
		ef_strlcpy(ret->why, sizeof(ret->why), "it ends beyond the flash");
		return true;
	}
	ok = ef_buf_extend(&data, len, &head, err) &&
	     flash_view_read(v, part->offset, len, NULL, head, err);
	if (ok)
		ret->state = judge_head(v, head, len, ret);
	if (ok && whole && ret->state == SLOT_APP) {
		ok = read_rest(v, part, &data, err);
		if (ok)
			judge_whole(&data, ret);
	}
	ef_buf_release(&data);
	return ok;
}

bool slot_app_may_start(const struct slot_app *app)
{
	return app->state == SLOT_APP || app->state == SLOT_VALID;
}

const char *slot_state_name(enum slot_state state)
{
	static const char *const names[] = {
		[SLOT_EMPTY] = "empty", [SLOT_NO_APP] = "no-app", [SLOT_DAMAGED] = "damaged",
		[SLOT_APP] = "app",     [SLOT_VALID] = "valid",
	};

	return names[state];
}

void slot_app_text(const struct slot_app *app, char ret[SLOT_TEXT_SIZE])
{
	if (app->state == SLOT_EMPTY)
		ef_strlcpy(ret, SLOT_TEXT_SIZE, "nothing");
	else if (!slot_app_may_start(app))
		(void)ef_snprintf(ret, SLOT_TEXT_SIZE, "no app that can start: %s", app->why);
	else if (app->has_desc)
		(void)ef_snprintf(ret, SLOT_TEXT_SIZE, "%s %s", app->desc.project,
				  app->desc.version);
	else
		ef_strlcpy(ret, SLOT_TEXT_SIZE, "an app without a descriptor");
}
