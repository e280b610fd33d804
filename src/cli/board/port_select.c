/* SPDX-License-Identifier: MIT */
/*
 * Chooses the port for a command. It never guesses: it takes the only known board,
 * or asks the user.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/board/port_select.h"
#include "cli/board/port_channel.h"
#include "cli/board/port_missing.h"
#include "cli/config/run_config.h"
#include "cli/ui/ui.h"
#include "base/util.h"

bool port_is_known(const struct config *config, const struct ef_port_info *p)
{
	return p->kind == EF_PORT_USB &&
	       (ef_usb_known(p->vid, p->pid) || config_has_usb(config, p->vid, p->pid));
}

/* ---- "serial=", "vid:pid=", "location=" ---- */

static const char *after(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) == 0 ? text + len : NULL;
}

bool port_selector(const char *text)
{
	return after(text, "serial=") || after(text, "vid:pid=") || after(text, "location=");
}

/* Compare with "303a:1001" or "0x303A:0x1001". */
static bool is_usb_id(const char *text, const struct ef_port_info *p)
{
	const char *colon = strchr(text, ':');
	char part[2][8];

	if (!colon)
		return false;
	(void)ef_snprintf(part[0], sizeof(part[0]), "%04x", p->vid);
	(void)ef_snprintf(part[1], sizeof(part[1]), "%04x", p->pid);
	for (size_t i = 0; i < 2; i++) {
		size_t len = i ? strlen(text) : (size_t)(colon - text);
		char given[8];

		if (len > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
			text += 2;
			len -= 2;
		}
		if (len == 0 || len > 4)
			return false;
		(void)ef_snprintf(given, sizeof(given), "%.*s%.*s", (int)(4 - len), "0000",
				  (int)len, text);
		if (!ef_str_ieq(given, part[i]))
			return false;
		text = colon + 1;
	}
	return true;
}

/* "1-2.3" matches every interface of that device, "1-2.3:1.1" only one. */
static bool is_location(const char *text, const struct ef_port_info *p)
{
	size_t len = strlen(text);

	return len && strncmp(p->location, text, len) == 0 &&
	       (p->location[len] == '\0' || p->location[len] == ':');
}

bool port_matches(const char *selector, const struct ef_port_info *p)
{
	const char *text;

	if (p->kind != EF_PORT_USB)
		return false;
	text = after(selector, "serial=");
	if (text)
		return *text && ef_str_ieq(text, p->serial);
	text = after(selector, "vid:pid=");
	if (text)
		return is_usb_id(text, p);
	text = after(selector, "location=");
	return text && is_location(text, p);
}

/* ---- candidates ---- */

/* Return the only known port, or the UART if all known ports are channels of one bridge; NULL. */
static const struct ef_port_info *sure_one(const struct port_candidates *c,
					   const struct ef_port_info *list, size_t count)
{
	if (c->known == 0)
		return NULL;
	for (size_t i = 1; i < c->known; i++)
		if (!port_is_same_device(c->port[0], c->port[i]))
			return NULL;
	return c->known == 1 ? c->port[0] : port_uart_channel(list, count, c->port[0]);
}

void port_collect(const struct config *config, const struct ef_port_info *list, size_t count,
		  bool all, struct port_candidates *ret)
{
	*ret = (struct port_candidates){ .count = 0 };
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < count && ret->count < PORT_CANDIDATES_MAX; i++) {
			if ((list[i].kind != EF_PORT_USB && !all) ||
			    list[i].kind == EF_PORT_BLUETOOTH)
				continue;
			if (port_is_known(config, &list[i]) != (pass == 0) ||
			    port_is_jtag_channel(list, count, &list[i]))
				continue;
			ret->port[ret->count++] = &list[i];
		}
		if (pass == 0)
			ret->known = ret->count;
	}
	ret->sure = sure_one(ret, list, count);
}

static void describe(char *dst, size_t cap, const struct ef_port_info *p)
{
	const struct ef_usb_id *id = p->kind == EF_PORT_USB ? ef_usb_known(p->vid, p->pid) : NULL;
	const char *product = *p->product ? p->product : id ? id->name : "";

	(void)ef_snprintf(dst, cap, "%s%s%s", p->name, *product ? " - " : "", product);
}

/* "'/dev/ttyUSB0' (10c4:ea60, serial 0001), '/dev/ttyS0'" */
static void print_candidates(char *dst, size_t cap, const struct port_candidates *c)
{
	size_t len = 0;

	*dst = '\0';
	for (size_t i = 0; i < c->count; i++) {
		const struct ef_port_info *p = c->port[i];

		(void)ef_snprintf(dst + len, cap - len, "%s'%s'", i ? ", " : "", p->name);
		len = strlen(dst);
		if (p->kind == EF_PORT_USB)
			(void)ef_snprintf(dst + len, cap - len, " (%04x:%04x%s%.32s)", p->vid,
					  p->pid, *p->serial ? ", serial " : "", p->serial);
		len = strlen(dst);
	}
}

/* ---- errors ---- */

static bool none_found(const struct connect_args *args, struct ef_err *err)
{
	ef_fail(err, EF_E_PORT, "no serial port of a board was found");
	if (args->list_all_ports)
		ef_hint_own(err, "connect the board, or name its port with --port");
	else
		ef_hint_own(err,
			    "connect the board with a cable that carries data, name its port with "
			    "--port, or give --list-all-ports to consider ports other than USB");
	port_missing(NULL, err);
	return false;
}

static bool ambiguous(const struct port_candidates *c, struct ef_err *err)
{
	char names[440];

	print_candidates(names, sizeof(names), c);
	if (c->count == 1)
		ef_fail(err, EF_E_PORT, "the only port may not lead to a board: %s", names);
	else
		ef_fail(err, EF_E_PORT, "%zu ports are possible: %s", c->count, names);
	return ef_hint_own(err, "choose with '--port %s', or the variable ESPFLASH_PORT",
			   c->port[0]->name);
}

static bool cancelled(const struct cli *cli, struct ef_err *err)
{
	if (*cli->interrupt)
		return ef_fail(err, EF_E_INTR, "interrupted");
	ef_fail(err, EF_E_PORT, "no port was chosen");
	return ef_hint_own(err, "name the port with --port");
}

/* ---- questions ---- */

static bool is_yes(struct cli *cli, const char *question)
{
	char answer[16];

	return ui_ask(cli, question, answer, sizeof(answer)) &&
	       (answer[0] == 'y' || answer[0] == 'Y');
}

static bool ask_one(struct cli *cli, const struct ef_port_info *port, struct ef_err *err)
{
	char question[PORT_TEXT_SIZE + 64], about[PORT_TEXT_SIZE];

	describe(about, sizeof(about), port);
	(void)ef_snprintf(question, sizeof(question), "Use serial port %s? [y/N] ", about);
	return is_yes(cli, question) || cancelled(cli, err);
}

/* "  2  /dev/ttyUSB0 - CP2102N  (known board)", known boards in bold where there are colours. */
static void print_choice(struct cli *cli, size_t number, const struct ef_port_info *port,
			 bool is_known)
{
	bool is_bold = is_known && cli->is_err_color;
	char about[PORT_TEXT_SIZE], line[PORT_TEXT_SIZE + 32];

	describe(about, sizeof(about), port);
	(void)ef_snprintf(line, sizeof(line), "%s%s", about, is_known ? "  (known board)" : "");
	fprintf(cli->err, "%s%3zu  ", is_bold ? "\x1b[1m" : "", number);
	ui_wrap(cli->err, line, 5, 5);
	if (is_bold)
		fputs("\x1b[0m", cli->err);
}

static bool ask_many(struct cli *cli, const struct port_candidates *c,
		     const struct ef_port_info **ret, struct ef_err *err)
{
	char answer[16];
	uint32_t number;

	ui_log(cli, EF_LOG_INFO, "Detected %zu serial ports", c->count);
	if (c->known && c->known < c->count)
		ui_log(cli, EF_LOG_INFO,
		       "Ports which match a known common dev board are highlighted");
	ui_progress_close(cli);
	for (size_t i = 0; i < c->count; i++)
		print_choice(cli, i + 1, c->port[i], i < c->known);
	if (!ui_ask(cli, "Number of the port: ", answer, sizeof(answer)) ||
	    !ef_parse_u32(answer, (uint32_t)c->count, &number) || number == 0)
		return cancelled(cli, err);
	*ret = c->port[number - 1];
	ui_log(cli, EF_LOG_INFO, "Port '%s'", (*ret)->name);
	return true;
}

/*
 * Offer to remember a device that the user chose and that is not known. A failure
 * to save is a warning.
 */
static void offer_to_remember(struct cli *cli, const struct config *config,
			      const struct ef_port_info *port)
{
	struct ef_err err = EF_ERR_INIT;
	const char *path = NULL;

	if (port->kind != EF_PORT_USB || port_is_known(config, port) ||
	    !is_yes(cli, "Remember this serial port for future use? [y/N] "))
		return;
	if (config_add_usb(config, port->vid, port->pid, &path, &err))
		ui_log(cli, EF_LOG_INFO, "%04x:%04x is now listed as a board in '%s'", port->vid,
		       port->pid, path);
	else
		ui_log(cli, EF_LOG_WARN, "The port can't be remembered: %s", err.msg);
}

/* ---- the choice ---- */

static bool choose(struct cli *cli, const struct connect_args *args, const struct config *config,
		   const struct port_candidates *c, const struct ef_port_info **ret,
		   struct ef_err *err)
{
	bool can_ask = !args->non_interactive && !cli->is_json && ui_can_ask(cli);

	if (c->count == 0)
		return none_found(args, err);
	if (c->sure && !args->confirm_port) {
		*ret = c->sure;
		return true;
	}
	if (!can_ask && c->sure) {
		ef_fail(err, EF_E_PORT, "'--confirm-port' can't ask without a terminal");
		return ef_hint_own(err, "name the port with '--port %s'", c->sure->name);
	}
	if (!can_ask)
		return ambiguous(c, err);
	*ret = c->port[0];
	if (c->count > 1 && !c->sure) {
		if (!ask_many(cli, c, ret, err))
			return false;
	} else if (!ask_one(cli, c->port[0], err)) {
		return false;
	}
	offer_to_remember(cli, config, *ret);
	return true;
}

/* Collect the ports that match the selector, and that are JTAG channels (is_jtag) or are not. */
static void collect_selected(const char *selector, const struct ef_port_info *list, size_t count,
			     bool is_jtag, struct port_candidates *ret)
{
	*ret = (struct port_candidates){ .count = 0 };
	for (size_t i = 0; i < count && ret->count < PORT_CANDIDATES_MAX; i++)
		if (port_matches(selector, &list[i]) &&
		    port_is_jtag_channel(list, count, &list[i]) == is_jtag)
			ret->port[ret->count++] = &list[i];
	ret->known = ret->count;
	ret->sure = sure_one(ret, list, count);
}

/*
 * Find the one port that a selector names. If it names several channels of a
 * bridge, that is the UART. JTAG channels count only if nothing else matches.
 */
static bool find_selected(const struct port_candidates *all, const struct ef_port_info *list,
			  size_t count, const char *selector, const struct ef_port_info **ret,
			  struct ef_err *err)
{
	struct port_candidates found;
	char names[400];

	collect_selected(selector, list, count, false, &found);
	if (found.count == 0)
		collect_selected(selector, list, count, true, &found);
	if (found.sure && port_matches(selector, found.sure)) {
		*ret = found.sure;
		return true;
	}
	if (found.count > 1)
		return ambiguous(&found, err);
	print_candidates(names, sizeof(names), all);
	ef_fail(err, EF_E_PORT, "no port has %.60s; there %s %s", selector,
		all->count ? "are" : "is", all->count ? names : "none");
	return ef_hint_own(err, "'list-ports --list-all-ports --json' shows vid, pid, serial and "
				"location of each port");
}

/* The user may insist on a JTAG channel, but gets a warning. */
static void warn_of_jtag(struct cli *cli, const struct ef_port_info *list, size_t count,
			 const struct ef_port_info *port)
{
	const struct ef_port_info *uart = port_uart_channel(list, count, port);

	if (port_is_jtag_channel(list, count, port) && uart)
		ui_log(cli, EF_LOG_WARN,
		       "'%s' is the JTAG channel of a bridge; the chip's UART is at '%s'",
		       port->name, uart->name);
}

static bool check_selector(const char *text, struct ef_err *err)
{
	const char *id = after(text, "vid:pid=");
	const char *colon = id ? strchr(id, ':') : NULL;

	if (!id || (colon && strspn(id, "0123456789abcdefABCDEFxX") == (size_t)(colon - id) &&
		    colon[1] && colon[1 + strspn(colon + 1, "0123456789abcdefABCDEFxX")] == '\0'))
		return true;
	ef_fail(err, EF_E_USAGE, "'%.80s' is not a USB id", text);
	return ef_hint_own(err, "write 'vid:pid=303a:1001', in hexadecimal");
}

static bool choose_from_list(struct cli *cli, const struct connect_args *args, char *ret,
			     size_t cap, struct ef_err *err)
{
	struct ef_port_info *list = NULL;
	const struct ef_port_info *chosen = NULL;
	const struct config *config = NULL;
	struct port_candidates c;
	size_t count = 0;
	bool ok;

	if (!cli_config(cli, &config, err) || !ef_port_list(&list, &count, err))
		return false;
	port_collect(config, list, count, args->list_all_ports || args->port, &c);
	ok = args->port ? find_selected(&c, list, count, args->port, &chosen, err)
			: choose(cli, args, config, &c, &chosen, err);
	if (ok)
		warn_of_jtag(cli, list, count, chosen);
	if (ok && !ef_strlcpy(ret, cap, chosen->name))
		ok = ef_fail(err, EF_E_PORT, "the port's name is too long");
	ef_port_list_free(list);
	return ok;
}

/* A path is opened whether it is listed or not; the list is only good for a warning. */
static void look_at_path(struct cli *cli, const char *path)
{
	struct ef_err ignored = EF_ERR_INIT;
	struct ef_port_info *list = NULL;
	const struct ef_port_info *port;
	size_t count = 0;

	if (strstr(path, "://") || !ef_port_list(&list, &count, &ignored))
		return;
	port = port_find(list, count, path);
	if (port)
		warn_of_jtag(cli, list, count, port);
	ef_port_list_free(list);
}

bool port_select(struct cli *cli, const struct connect_args *args, char *ret, size_t cap,
		 struct ef_err *err)
{
	const struct config_value *value;

	if (!args->port)
		return choose_from_list(cli, args, ret, cap, err);
	/* The port comes from a file, not from the command line: say which file. */
	value = cli->config && !cli_is_given(cli, "port")
			? config_find(cli->config, "connection.serial")
			: NULL;
	if (value)
		ui_log(cli, EF_LOG_INFO, "Port '%s': from '%s', line %zu", args->port,
		       value->file->path, value->line);
	if (port_selector(args->port))
		return check_selector(args->port, err) &&
		       choose_from_list(cli, args, ret, cap, err);
	look_at_path(cli, args->port);
	if (ef_strlcpy(ret, cap, args->port))
		return true;
	return ef_fail(err, EF_E_USAGE, "the port's name is longer than %zu bytes", cap - 1);
}
