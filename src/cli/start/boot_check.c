/* SPDX-License-Identifier: MIT */
/* Compares the app that is written with the one that the bootloader will start. */
#include "cli/start/boot_check.h"

#include "cli/ui/ui.h"
#include "base/bytes.h"

/* Return the reason for the bootloader's first choice, as the start of a sentence. */
static const char *reason_text(enum ef_ota_reason reason)
{
	static const char *const texts[] = {
		[EF_OTA_BY_ENTRY] = "otadata selects another slot",
		[EF_OTA_BY_DEFAULT] = "otadata selects no slot",
		[EF_OTA_BY_DAMAGE] = "otadata is damaged",
		[EF_OTA_NO_OTADATA] = "the table has no otadata",
		[EF_OTA_TOO_SMALL] = "the otadata partition has less than 0x2000 bytes",
	};

	return texts[reason];
}

/* ---- what can't be known ---- */

static bool is_settled(const struct ef_partition_table *table, const struct ef_partition *written)
{
	struct ef_ota_slots slots;

	ef_ota_slots_find(table, &slots);
	return !slots.otadata && ef_ota_attempt(&slots, EF_OTA_FACTORY, 0) == written;
}

static bool cannot_read(const struct boot_check *c, const struct flash_view *v, const char *why,
			bool wants_boot, struct ef_err *err)
{
	if (wants_boot) {
		ef_fail(err, EF_E_UNSUPP, "otadata can't be changed: %s", why);
		return flash_view_hint(v, err);
	}
	ui_log(v->cli, EF_LOG_WARN, "whether the app in '%s' will start is not known: %s",
	       c->written->name, why);
	return true;
}

/* If the table is damaged or the loader can't read it, write regardless. */
static bool still_unknown(const struct boot_check *c, const struct flash_view *v, bool wants_boot,
			  struct ef_err *err)
{
	if (wants_boot || (err->code != EF_E_INPUT && err->code != EF_E_UNSUPP))
		return false;
	ui_log(v->cli, EF_LOG_WARN, "whether the app in '%s' will start is not known: %s",
	       c->written->name, err->msg);
	ef_err_clear(err);
	return true;
}

/* ---- what is known ---- */

static void warn_rollback(const struct boot_check *c)
{
	const struct ef_partition *without = c->slots.boot[0].part, *with = c->slots.boot[1].part;

	ui_log(c->slots.view->cli, EF_LOG_WARN,
	       "a record in otadata is PENDING_VERIFY: a bootloader with rollback will start '%s', "
	       "one without it '%s', and the flash does not show which kind this is; the app is "
	       "written to "
	       "'%s': '--boot' makes it the one that starts",
	       with ? with->name : "nothing", without ? without->name : "nothing",
	       c->written->name);
}

static void warn_other(const struct boot_check *c)
{
	struct cli *cli = c->slots.view->cli;
	const struct ef_partition *other = c->slots.boot[0].part;
	const char *reason = reason_text(c->slots.boot[0].choice.reason);
	char app[SLOT_TEXT_SIZE];

	if (c->slots.boot[0].choice.index == EF_OTA_NOTHING) {
		ui_log(cli, EF_LOG_WARN, "the bootloader will start nothing: %s", reason);
		return;
	}
	if (!other) {
		ui_log(cli, EF_LOG_WARN,
		       "the bootloader will start nothing: %s, and no app partition that it tries "
		       "has an app for this chip",
		       reason);
		return;
	}
	slot_app_text(&c->slots.boot[0].app, app);
	ui_log(cli, EF_LOG_WARN,
	       "%s: the bootloader will start '%s' (%s) unless it is damaged, not the app that is "
	       "written to '%s'",
	       reason, other->name, app, c->written->name);
	if (c->slots.slots.otadata)
		ui_log(cli, EF_LOG_WARN,
		       "'--boot' makes it start the new one; so does 'espflash-c ota switch %s' "
		       "afterwards",
		       c->written->name);
}

/* The app starts, although the bootloader begins with another slot. */
static void say_fallback(const struct boot_check *c)
{
	const struct ef_partition *first = ef_ota_attempt(&c->slots.slots,
							  c->slots.boot[0].choice.index, 0);

	if (first && first != c->written)
		ui_log(c->slots.view->cli, EF_LOG_INFO,
		       "the bootloader begins with '%s', which has no app that can start, and goes "
		       "on to '%s'",
		       first->name, c->written->name);
}

bool boot_check(const struct flash_view *view, const struct ef_partition_table *table,
		const struct ef_partition *written, bool wants_boot, struct boot_check *ret,
		struct ef_err *err)
{
	const char *closed = view->closed;

	*ret = (struct boot_check){ .written = written };
	if (closed && !(is_settled(table, written) && !wants_boot))
		return cannot_read(ret, view, closed, wants_boot, err);
	if (!boot_slots_read(view, table, &ret->slots, err))
		return still_unknown(ret, view, wants_boot, err);
	ret->is_known = true;
	if (boot_slots_starts(&ret->slots, written)) {
		say_fallback(ret);
		return true;
	}
	ret->must_switch = wants_boot;
	if (wants_boot)
		return boot_slots_can_switch(&ret->slots, written, err);
	if (ret->slots.boot[0].part == ret->slots.boot[1].part)
		warn_other(ret);
	else
		warn_rollback(ret);
	return true;
}

bool boot_check_apply(const struct boot_check *c, struct ef_err *err)
{
	if (!c->must_switch)
		return true;
	if (!boot_slots_switch(&c->slots, c->written, err))
		return ef_context(err, "the app is written, but '%s' does not start yet",
				  c->written->name);
	ui_log(c->slots.view->cli, EF_LOG_INFO, "'%s' is the app that starts now",
	       c->written->name);
	return true;
}

void boot_check_json(const struct boot_check *c, struct json_out *j)
{
	const struct ef_partition *part = NULL;

	if (c->is_known && c->must_switch)
		part = c->written;
	else if (c->is_known && c->slots.boot[0].part == c->slots.boot[1].part)
		part = c->slots.boot[0].part;
	json_text(j, "boots", part ? part->name : NULL);
}
