/* SPDX-License-Identifier: MIT */
/* board-info: prints what is known about the connected chip. */
#include "cli/cmd/cmd.h"

#include <inttypes.h>

#include "cli/board/device.h"
#include "cli/board/session.h"
#include "cli/ui/ui.h"
#include "base/util.h"

/* Bits of the security flags (espflash's names; ESP-IDF: esp_secure_boot.h, GET_SECURITY_INFO). */
enum {
	SEC_BOOT_EN = 1u << 0,
	SEC_BOOT_AGGRESSIVE = 1u << 1,
	SEC_KEY_REVOKE_0 = 1u << 3, /* bits 3 to 5: one for each key */
	SEC_SOFT_JTAG_OFF = 1u << 6,
	SEC_HARD_JTAG_OFF = 1u << 7,
	SEC_USB_OFF = 1u << 8,
	SEC_DCACHE_OFF = 1u << 9,
	SEC_ICACHE_OFF = 1u << 10,
};

static void print_binary(FILE *out, uint32_t value)
{
	int bit = 31;

	while (bit > 0 && !(value >> bit & 1u))
		bit--;
	for (; bit >= 0; bit--)
		fputc(value >> bit & 1u ? '1' : '0', out);
}

static void print_secure_boot(FILE *out, uint32_t flags)
{
	bool has_title = false;

	fprintf(out, "Secure Boot: %s\n", flags & SEC_BOOT_EN ? "Enabled" : "Disabled");
	if (!(flags & SEC_BOOT_EN))
		return;
	if (flags & SEC_BOOT_AGGRESSIVE)
		fprintf(out, "Secure Boot Aggressive key revocation: Enabled\n");
	for (unsigned key = 0; key < 3; key++) {
		if (!(flags & (uint32_t)SEC_KEY_REVOKE_0 << key))
			continue;
		if (!has_title)
			fprintf(out, "Secure Boot Key Revocation Status:\n");
		has_title = true;
		fprintf(out, "  Secure Boot Key%u is Revoked\n", key);
	}
}

/* Print espflash's text, including the empty lines around it. */
static void print_security(FILE *out, const struct ef_security_info *s)
{
	fprintf(out, "\nSecurity Information:\n=====================\n");
	fprintf(out, "Flags: 0x%08" PRIx32 " (", s->flags);
	print_binary(out, s->flags);
	fprintf(out, ")\nKey Purposes: [");
	for (size_t i = 0; i < EF_ARRAY_LEN(s->key_purposes); i++)
		fprintf(out, "%s%u", i ? ", " : "", s->key_purposes[i]);
	fprintf(out, "]\n");
	if (s->has_chip_id)
		fprintf(out, "Chip ID: %" PRIu32 "\nAPI Version: %" PRIu32 "\n", s->chip_id,
			s->api_version);
	print_secure_boot(out, s->flags);
	fprintf(out, "Flash Encryption: %s\n", device_is_encrypted(s) ? "Enabled" : "Disabled");
	fprintf(out, "SPI Boot Crypt Count (SPI_BOOT_CRYPT_CNT): 0x%x\n", s->crypt_cnt);
	if (s->flags & SEC_DCACHE_OFF)
		fprintf(out, "Dcache in UART download mode: Disabled\n");
	if (s->flags & SEC_ICACHE_OFF)
		fprintf(out, "Icache in UART download mode: Disabled\n");
	if (s->flags & SEC_HARD_JTAG_OFF)
		fprintf(out, "JTAG: Permanently Disabled\n");
	else if (s->flags & SEC_SOFT_JTAG_OFF)
		fprintf(out, "JTAG: Software Access Disabled\n");
	if (s->flags & SEC_USB_OFF)
		fprintf(out, "USB Access: Disabled\n");
	fputc('\n', out);
}

static bool print_board(struct cli *cli, const struct ef_device *dev, struct ef_err *err)
{
	if (cli->is_json) {
		struct json_out *j = json_new(cli->command);

		device_json(j, dev);
		return ui_result(cli, j, err);
	}
	device_print(cli->out, dev, dev->flash_size);
	if (!(dev->chip->flags & EF_CHIP_HAS_SECURITY_INFO))
		fprintf(cli->out, "Security features: None\n");
	else if (dev->has_security)
		print_security(cli->out, &dev->security);
	else
		fprintf(cli->out, "Security features: unknown, the chip refuses to tell them\n");
	return true;
}

bool cmd_board_info(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct board_info_args *a = args;
	struct session s = SESSION_INIT;
	struct ef_device dev;
	bool ok = false;

	if (!session_open_facts(cli, &a->connect, &s, err))
		goto out;
	dev = *ef_flasher_device(s.flasher); /* keep a copy, because finishing ends the stub */
	/* Print before the reset, so that a failed reset does not lose the facts. */
	ok = print_board(cli, &dev, err) &&
	     ef_flasher_finish(s.flasher, (enum ef_after)a->connect.after, err);
out:
	session_close(&s);
	return ok;
}
