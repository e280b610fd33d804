/* SPDX-License-Identifier: MIT */
/* flash-id and read-mac: each prints one fact about the connected chip. */
#include "cli/cmd/cmd.h"

#include <inttypes.h>

#include "cli/board/device.h"
#include "cli/board/session.h"
#include "cli/ui/ui.h"
#include "base/util.h"
#include <espflash/image.h>

typedef bool open_fn(struct cli *cli, const struct connect_args *args, struct session *ret,
		     struct ef_err *err);
typedef bool print_fn(struct cli *cli, const struct ef_device *dev, struct ef_err *err);

/* Like board-info, print the fact before the reset, which may fail. */
static bool identify(struct cli *cli, const struct board_info_args *a, open_fn *open,
		     print_fn *print, struct ef_err *err)
{
	struct session s = SESSION_INIT;
	struct ef_device dev;
	bool ok = false;

	if (!open(cli, &a->connect, &s, err))
		goto out;
	dev = *ef_flasher_device(s.flasher);
	ok = print(cli, &dev, err) &&
	     ef_flasher_finish(s.flasher, (enum ef_after)a->connect.after, err);
out:
	session_close(&s);
	return ok;
}

/* After no-reset-no-sync nothing is known yet. */
static bool open_for_mac(struct cli *cli, const struct connect_args *args, struct session *ret,
			 struct ef_err *err)
{
	if (!session_open_brief(cli, args, ret, err))
		return false;
	return args->before != EF_BEFORE_NO_RESET_NO_SYNC || ef_flasher_learn(ret->flasher, err);
}

/* Fail with the reason: the flash does not answer, or the chip's mode forbids reading. */
static bool no_flash_id(struct cli *cli, const struct ef_device *dev, struct ef_err *err)
{
	const struct ef_verdict_info *v = ef_verdict_info(device_verdict(dev));

	if (v->verdict == EF_VERDICT_NONE)
		return ef_fail(err, EF_E_UNSUPP, "the flash chip's id could not be read");
	if (cli->connected)
		cli->connected->verdict = v->verdict;
	ef_fail(err, v->code, "the flash chip's id can't be read: %s", v->what);
	return ef_hint_numbers(err, EF_HINT_VERDICT, (uint32_t)v->verdict, 0);
}

/* RDID answers with the manufacturer, then the high and the low byte of the device. */
static bool print_flash_id(struct cli *cli, const struct ef_device *dev, struct ef_err *err)
{
	uint32_t maker = dev->flash_id & 0xff;
	uint32_t device = (dev->flash_id & 0xff00) | (dev->flash_id >> 16 & 0xff);
	struct json_out *j;

	if (!dev->flash_id)
		return no_flash_id(cli, dev, err);
	if (!cli->is_json) {
		fprintf(cli->out, "Manufacturer:      0x%02" PRIx32 "\n", maker);
		fprintf(cli->out, "Device:            0x%04" PRIx32 "\n", device);
		fprintf(cli->out, "Flash size:        %s\n",
			dev->flash_size ? ef_flash_size_name(dev->flash_size) : "unknown");
		return true;
	}
	j = json_new(cli->command);
	json_number(j, "flash_id", dev->flash_id);
	json_number(j, "manufacturer", maker);
	json_number(j, "device", device);
	if (dev->flash_size)
		json_number(j, "flash_size", dev->flash_size);
	else
		json_null(j, "flash_size");
	return ui_result(cli, j, err);
}

static bool print_mac_address(struct cli *cli, const struct ef_device *dev, struct ef_err *err)
{
	struct json_out *j;
	char text[MAC_TEXT_SIZE];

	if (!dev->has_mac)
		return ef_fail(
			err, EF_E_UNSUPP, "%s",
			dev->is_secure_download
				? "the chip does not report its MAC address in secure download mode"
				: "the MAC address that was read is not valid");
	device_mac_text(text, dev);
	if (!cli->is_json) {
		fprintf(cli->out, "MAC address:       %s\n", text);
		return true;
	}
	j = json_new(cli->command);
	json_text(j, "chip", dev->chip->name);
	json_text(j, "mac", text);
	return ui_result(cli, j, err);
}

bool cmd_flash_id(struct cli *cli, const void *args, struct ef_err *err)
{
	return identify(cli, args, session_open_facts, print_flash_id, err);
}

bool cmd_read_mac(struct cli *cli, const void *args, struct ef_err *err)
{
	return identify(cli, args, open_for_mac, print_mac_address, err);
}
