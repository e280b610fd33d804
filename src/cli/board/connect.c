/* SPDX-License-Identifier: MIT */
/*
 * Knows how a command gets from its connection options to an identified chip,
 * and how what was found is shown: as espflash's block of lines or as JSON.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/board/connect_setup.h"
#include "cli/board/lend.h"
#include "base/util.h"
#include <espflash/image.h>

static void trace_line(void *user, const char *line)
{
	side_line(user, line);
}

static bool open_trace(struct cli *cli, struct session *s, struct ef_err *err)
{
	struct ef_port *traced = NULL;

	if (!cli->trace.file)
		return true;
	if (!ef_port_trace(s->port, trace_line, &cli->trace, &traced, err))
		return false;
	s->port = traced;
	return true;
}

static bool open_port(struct cli *cli, const struct connect_args *args,
		      const struct ef_port_config *config, struct session *s, struct ef_err *err)
{
	struct connect_waiting waiting = { 0 };
	char name[512];

	while (!port_select(cli, args, name, sizeof(name), err))
		if (!connect_may_wait(cli, args, &waiting, err))
			return false;
	ui_log(cli, EF_LOG_INFO, "Serial port: '%s'", name);
	if (!config->rate_hz)
		ui_log(cli, EF_LOG_INFO, "Connecting...");
	/* one monitor doesn't take a port from another one */
	if (strcmp(cli->command, "monitor") != 0)
		s->lent_fd = lend_ask(cli, name);
	while (!ef_port_open(name, config, &s->port, err))
		if (!connect_may_wait(cli, args, &waiting, err)) {
			cli_port_missing(name, err);
			return false;
		}
	return open_trace(cli, s, err);
}

bool session_open_port(struct cli *cli, const struct connect_args *args, uint32_t rate_hz,
		       bool keep_lines, struct session *ret, struct ef_err *err)
{
	const struct ef_port_config config = {
		.rate_hz = rate_hz,
		.interrupt = cli->interrupt,
		.keep_lines = keep_lines,
	};

	*ret = (struct session)SESSION_INIT;
	if (open_port(cli, args, &config, ret, err))
		return true;
	session_close(ret);
	return false;
}

/* A stub of the user's own; read before the port is touched. */
static bool read_stub(const struct connect_args *args, struct session *s, size_t *ret_len,
		      struct ef_err *err)
{
	struct ef_buf file = EF_BUF_INIT(EF_MAX_JSON);

	if (!args->stub)
		return true;
	if (!ef_file_read(args->stub, &file, err)) {
		ef_buf_release(&file);
		return ef_context(err, "flasher stub");
	}
	s->stub = file.data; /* from here on the session's */
	*ret_len = file.len;
	return true;
}

static bool check_args(const struct connect_args *args, struct ef_err *err)
{
	if (args->before != EF_BEFORE_NO_RESET_NO_SYNC || args->chip)
		return true;
	ef_fail(err, EF_E_USAGE, "'--before no-reset-no-sync' needs '--chip'");
	return ef_hint(err, "name the chip with '--chip', or let the program detect it with "
			    "'--before no-reset'");
}

static bool open_session(struct cli *cli, const struct connect_args *args, bool skip_flash,
			 struct session *ret, struct ef_err *err)
{
	struct ef_connect_opts opts = {
		.before = (enum ef_before)args->before,
		.rate_hz = args->baud.value,
		.chip = args->chip,
		.no_stub = args->no_stub,
		.skip_flash = skip_flash,
		.event = ui_event,
		.event_user = cli,
	};
	const struct ef_port_config config = {
		.interrupt = cli->interrupt,
		.keep_lines = args->before == EF_BEFORE_NO_RESET ||
			      args->before == EF_BEFORE_NO_RESET_NO_SYNC,
	};
	struct connect_plan plan;
	size_t stub_len = 0;

	*ret = (struct session)SESSION_INIT;
	if (!check_args(args, err) || !read_stub(args, ret, &stub_len, err) ||
	    !open_port(cli, args, &config, ret, err))
		goto fail;
	opts.stub_json = ret->stub;
	opts.stub_json_len = stub_len;
	if (!connect_setup(cli, args, ret->port, &plan, &opts, err) ||
	    !ef_flasher_connect(ret->port, &opts, &ret->flasher, err))
		goto fail;
	/* nothing was asked yet: but a command that needs the flash needs its size and the facts */
	if (opts.before == EF_BEFORE_NO_RESET_NO_SYNC && !skip_flash &&
	    !ef_flasher_learn(ret->flasher, err))
		goto fail;
	connect_learn(cli, args, ret->port);
	return true;
fail:
	session_close(ret);
	return false;
}

bool session_open(struct cli *cli, const struct connect_args *args, struct session *ret,
		  struct ef_err *err)
{
	return open_session(cli, args, false, ret, err);
}

bool session_open_chip(struct cli *cli, const struct connect_args *args, struct session *ret,
		       struct ef_err *err)
{
	return open_session(cli, args, true, ret, err);
}

void session_close(struct session *s)
{
	ef_flasher_close(s->flasher);
	ef_port_close(s->port);
	if (s->lent_fd >= 0)
		(void)close(s->lent_fd);
	free(s->stub);
	*s = (struct session)SESSION_INIT;
}

/* ---- what was found ---- */

static void print_mac(char ret[18], const uint8_t mac[6])
{
	(void)ef_snprintf(ret, 18, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3],
			  mac[4], mac[5]);
}

void device_print(FILE *out, const struct ef_device *dev, uint32_t flash_size)
{
	char mac[18];

	fprintf(out, "Chip type:         %s", dev->chip->name);
	if (dev->has_revision)
		fprintf(out, " (revision v%u.%u)", dev->revision / 100u, dev->revision % 100u);
	fputc('\n', out);
	if (dev->xtal_mhz)
		fprintf(out, "Crystal frequency: %" PRIu32 " MHz\n", dev->xtal_mhz);
	fprintf(out, "Flash size:        %s\n",
		flash_size ? ef_flash_size_name(flash_size) : "unknown");
	if (dev->has_features)
		fprintf(out, "Features:          %s\n", dev->features.text);
	if (dev->has_mac) {
		print_mac(mac, dev->mac);
		fprintf(out, "MAC address:       %s\n", mac);
	}
	fflush(out);
}

static void json_features(struct json_out *j, const struct ef_device *dev)
{
	char copy[sizeof(dev->features.text)];
	char *at = copy;

	json_begin_array(j, "features");
	(void)ef_strlcpy(copy, sizeof(copy), dev->has_features ? dev->features.text : "");
	while (*at) {
		char *comma = strstr(at, ", ");

		if (comma)
			*comma = '\0';
		json_text(j, NULL, at);
		at = comma ? comma + 2 : at + strlen(at);
	}
	json_end(j);
	json_text(j, "package", dev->has_features ? dev->features.package : NULL);
}

/* An odd number of bits set in the counter: esptool and espflash read it so. */
bool device_is_encrypted(const struct ef_security_info *security)
{
	bool odd = false;

	for (unsigned bits = security->crypt_cnt; bits; bits &= bits - 1)
		odd = !odd;
	return odd;
}

static void json_security(struct json_out *j, const struct ef_device *dev)
{
	const struct ef_security_info *s = &dev->security;

	if (!dev->has_security) {
		json_null(j, "security");
		return;
	}
	json_begin_object(j, "security");
	json_number(j, "flags", s->flags);
	json_begin_array(j, "key_purposes");
	for (size_t i = 0; i < EF_ARRAY_LEN(s->key_purposes); i++)
		json_number(j, NULL, s->key_purposes[i]);
	json_end(j);
	if (s->has_chip_id) {
		json_number(j, "chip_id", s->chip_id);
		json_number(j, "api_version", s->api_version);
	} else {
		json_null(j, "chip_id");
		json_null(j, "api_version");
	}
	json_bool(j, "secure_boot", s->flags & 1u); /* bit 0: SECURE_BOOT_EN */
	json_bool(j, "flash_encryption", device_is_encrypted(s));
	json_number(j, "crypt_count", s->crypt_cnt);
	json_end(j);
}

/* 0 stands for what could not be found out. */
static void json_known(struct json_out *j, const char *key, uint32_t value)
{
	if (value)
		json_number(j, key, value);
	else
		json_null(j, key);
}

void device_mac_json(struct json_out *j, const struct ef_device *dev)
{
	char text[18];

	print_mac(text, dev->mac);
	json_text(j, "mac", dev->has_mac ? text : NULL);
}

enum ef_verdict device_verdict(const struct ef_device *dev)
{
	if (dev->is_secure_download)
		return EF_VERDICT_SECURE_DOWNLOAD;
	return dev->no_flash ? EF_VERDICT_NO_FLASH : EF_VERDICT_NONE;
}

void device_json(struct json_out *j, const struct ef_device *dev)
{
	enum ef_verdict verdict = device_verdict(dev);
	char text[18];

	json_text(j, "chip", dev->chip->name);
	(void)ef_snprintf(text, sizeof(text), "%u.%u", dev->revision / 100u, dev->revision % 100u);
	json_text(j, "revision", dev->has_revision ? text : NULL);
	json_known(j, "crystal_mhz", dev->xtal_mhz);
	json_known(j, "flash_size", dev->flash_size);
	json_known(j, "flash_id", dev->flash_id);
	json_features(j, dev);
	device_mac_json(j, dev);
	json_text(j, "loader", dev->is_stub ? "stub" : "rom");
	json_text(j, "usb", dev->is_usb_jtag ? "jtag" : dev->is_usb_otg ? "otg" : NULL);
	json_bool(j, "secure_download_mode", dev->is_secure_download);
	json_security(j, dev);
	/* of a chip that was connected: what keeps it from all that a board can do */
	json_text(j, "verdict", verdict ? ef_verdict_info(verdict)->name : NULL);
}
