/* SPDX-License-Identifier: MIT */
/*
 * Knows which port a command uses when several could be meant, and never
 * guesses: one known board, or what the user says.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "base/util.h"

struct candidates {
	const struct ef_port_info *port[64];
	size_t count, known;
	const struct ef_port_info *the_known; /* when known is 1 */
};

static bool is_known(const struct ef_port_info *p)
{
	return p->kind == EF_PORT_USB && ef_usb_known(p->vid, p->pid);
}

/* Known boards first: they get the low numbers of the menu. */
static void collect(const struct ef_port_info *list, size_t count, bool all, struct candidates *ret)
{
	*ret = (struct candidates){ .count = 0 };
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < count && ret->count < EF_ARRAY_LEN(ret->port); i++) {
			if (list[i].kind != EF_PORT_USB && !all)
				continue;
			if (list[i].kind == EF_PORT_BLUETOOTH || is_known(&list[i]) != (pass == 0))
				continue;
			ret->port[ret->count++] = &list[i];
		}
		if (pass == 0)
			ret->known = ret->count;
	}
	ret->the_known = ret->known == 1 ? ret->port[0] : NULL;
}

static void describe(char *dst, size_t cap, const struct ef_port_info *p)
{
	const struct ef_usb_id *id = p->kind == EF_PORT_USB ? ef_usb_known(p->vid, p->pid) : NULL;
	const char *product = *p->product ? p->product : id ? id->name : "";

	(void)ef_snprintf(dst, cap, "%s%s%s", p->name, *product ? " - " : "", product);
}

static bool none_found(const struct connect_args *args, struct ef_err *err)
{
	ef_fail(err, EF_E_PORT, "no serial port of a board was found");
	if (args->list_all_ports)
		return ef_hint(err, "connect the board, or name its port with --port");
	return ef_hint(err, "connect the board with a cable that carries data, name its port with "
			    "--port, or give --list-all-ports to consider ports other than USB");
}

static bool ambiguous(const struct candidates *c, struct ef_err *err)
{
	char names[300] = "";
	size_t len = 0;

	for (size_t i = 0; i < c->count; i++) {
		(void)ef_snprintf(names + len, sizeof(names) - len, "%s'%s'", i ? ", " : "",
				  c->port[i]->name);
		len = strlen(names);
	}
	if (c->count == 1)
		ef_fail(err, EF_E_PORT, "it isn't sure that a board is at the only port, %s",
			names);
	else
		ef_fail(err, EF_E_PORT, "%zu ports could be meant: %s", c->count, names);
	return ef_hint(err, "choose with '--port %s', or the variable ESPFLASH_PORT",
		       c->port[0]->name);
}

static bool cancelled(const struct cli *cli, struct ef_err *err)
{
	if (*cli->interrupt)
		return ef_fail(err, EF_E_INTR, "interrupted");
	ef_fail(err, EF_E_PORT, "no port was chosen");
	return ef_hint(err, "name the port with --port");
}

static bool ask_one(struct cli *cli, const struct ef_port_info *port, struct ef_err *err)
{
	char question[600], about[500], answer[16];

	describe(about, sizeof(about), port);
	(void)ef_snprintf(question, sizeof(question), "Use serial port %s? [y/N] ", about);
	if (ui_ask(cli, question, answer, sizeof(answer)) && (answer[0] == 'y' || answer[0] == 'Y'))
		return true;
	return cancelled(cli, err);
}

static bool ask_many(struct cli *cli, const struct candidates *c, const struct ef_port_info **ret,
		     struct ef_err *err)
{
	char about[500], answer[16];
	uint32_t n;

	ui_log(cli, EF_LOG_INFO, "Detected %zu serial ports", c->count);
	for (size_t i = 0; i < c->count; i++) {
		describe(about, sizeof(about), c->port[i]);
		fprintf(cli->err, "%3zu  %s%s\n", i + 1, about,
			i < c->known ? "  (known board)" : "");
	}
	if (!ui_ask(cli, "Number of the port: ", answer, sizeof(answer)) ||
	    !ef_parse_u32(answer, (uint32_t)c->count, &n) || n == 0)
		return cancelled(cli, err);
	*ret = c->port[n - 1];
	return true;
}

static bool choose(struct cli *cli, const struct connect_args *args, const struct candidates *c,
		   const struct ef_port_info **ret, struct ef_err *err)
{
	bool can_ask = !args->non_interactive && !cli->is_json && ui_can_ask(cli);

	if (c->count == 0)
		return none_found(args, err);
	if (c->the_known && !args->confirm_port) {
		*ret = c->the_known;
		return true;
	}
	if (!can_ask && c->the_known) {
		ef_fail(err, EF_E_PORT, "'--confirm-port' can't ask without a terminal");
		return ef_hint(err, "name the port with '--port %s'", c->the_known->name);
	}
	if (!can_ask)
		return ambiguous(c, err);
	if (c->count > 1 && !c->the_known)
		return ask_many(cli, c, ret, err);
	*ret = c->port[0];
	return ask_one(cli, c->port[0], err);
}

bool port_select(struct cli *cli, const struct connect_args *args, char *ret, size_t cap,
		 struct ef_err *err)
{
	struct ef_port_info *list = NULL;
	const struct ef_port_info *chosen = NULL;
	struct candidates c;
	size_t count = 0;
	bool ok;

	if (args->port) {
		if (ef_strlcpy(ret, cap, args->port))
			return true;
		return ef_fail(err, EF_E_USAGE, "the port's name is longer than %zu bytes",
			       cap - 1);
	}
	if (!ef_port_list(&list, &count, err))
		return false;
	collect(list, count, args->list_all_ports, &c);
	ok = choose(cli, args, &c, &chosen, err);
	if (ok && !ef_strlcpy(ret, cap, chosen->name))
		ok = ef_fail(err, EF_E_PORT, "the port's name is too long");
	ef_port_list_free(list);
	return ok;
}
