/* SPDX-License-Identifier: MIT */
/*
 * list-ports: prints espflash's columns (product id first), then the fields by which --port can
 * select the port and the device behind it; or JSON.
 */
#include "cli/cmd/cmd.h"

#include <string.h>
#include <unistd.h>

#include "cli/board/port_channel.h"
#include "cli/board/port_select.h"
#include "cli/config/run_config.h"
#include "cli/ui/json_out.h"
#include "cli/ui/ui.h"
#include "base/util.h"

static bool is_listed(const struct config *config, const struct ef_port_info *p, bool all)
{
	return port_is_known(config, p) ||
	       (all && p->kind != EF_PORT_BLUETOOTH && p->kind != EF_PORT_NET);
}

/* "[vid:pid=10c4:ea60 serial=0001 location=1-2.3; Silicon Labs CP210x; channel B (UART)]" */
static void details(char *ret, size_t cap, const struct ef_port_info *list, size_t count,
		    const struct ef_port_info *p)
{
	const struct ef_usb_id *id = ef_usb_known(p->vid, p->pid);
	const char *channel = port_channel_name(list, count, p);

	(void)ef_snprintf(ret, cap, "[vid:pid=%04x:%04x%s%s%s%s%s%s%s%s%s%s]", p->vid, p->pid,
			  *p->serial ? " serial=" : "", p->serial, *p->location ? " location=" : "",
			  p->location, id ? "; " : "", id ? id->name : "",
			  id && id->chips ? "; " : "", id && id->chips ? id->chips : "",
			  channel ? "; " : "", channel ? channel : "");
}

/* On a terminal that is too narrow for both, print the details on lines of their own. */
static void print_row(FILE *out, const char *row, const char *more)
{
	unsigned width = fileno(out) >= 0 && isatty(fileno(out)) ? ui_width(fileno(out)) : 0;

	if (width == 0 || strlen(row) + 2 + strlen(more) <= width) {
		fprintf(out, "%s  %s\n", row, more);
		return;
	}
	ui_wrap_at(out, row, 0, 4, width);
	fputs("    ", out);
	ui_wrap_at(out, more, 4, 4, width);
}

static void print_ports(FILE *out, const struct config *config, const struct ef_port_info *list,
			size_t count, bool all)
{
	size_t name_width = 0, maker_width = 0, shown = 0;
	char row[1024], more[1024];

	for (size_t i = 0; i < count; i++) {
		if (!is_listed(config, &list[i], all))
			continue;
		shown++;
		if (strlen(list[i].name) > name_width)
			name_width = strlen(list[i].name);
		if (list[i].kind == EF_PORT_USB && strlen(list[i].manufacturer) > maker_width)
			maker_width = strlen(list[i].manufacturer);
	}
	if (shown == 0)
		fprintf(out, "No %sserial ports found.\n", all ? "" : "known ");
	if (maker_width == 0)
		maker_width = 15; /* espflash's width if no port has a manufacturer */
	for (size_t i = 0; i < count; i++) {
		if (!is_listed(config, &list[i], all))
			continue;
		if (list[i].kind == EF_PORT_USB) {
			(void)ef_snprintf(row, sizeof(row), "%-*s%04X:%04X  %-*s%s",
					  (int)name_width + 2, list[i].name, list[i].pid,
					  list[i].vid, (int)maker_width + 2, list[i].manufacturer,
					  list[i].product);
			details(more, sizeof(more), list, count, &list[i]);
			print_row(out, row, more);
			continue;
		}
		(void)ef_snprintf(row, sizeof(row), "%-*s%s", (int)name_width + 13, list[i].name,
				  list[i].kind == EF_PORT_PCI ? "PCI serial port"
							      : "Unknown type of port");
		ui_wrap(out, row, 0, 4);
	}
}

static const char *kind_name(enum ef_port_kind kind)
{
	switch (kind) {
	case EF_PORT_USB:
		return "usb";
	case EF_PORT_PCI:
		return "pci";
	case EF_PORT_BLUETOOTH:
		return "bluetooth";
	case EF_PORT_NET:
		return "net";
	case EF_PORT_UNKNOWN:
		break;
	}
	return "unknown";
}

static void json_usb(struct json_out *j, const struct ef_port_info *p)
{
	if (p->kind != EF_PORT_USB) {
		json_null(j, "vid");
		json_null(j, "pid");
	} else {
		json_number(j, "vid", p->vid);
		json_number(j, "pid", p->pid);
	}
	json_text(j, "serial", *p->serial ? p->serial : NULL);
	json_text(j, "manufacturer", *p->manufacturer ? p->manufacturer : NULL);
	json_text(j, "product", *p->product ? p->product : NULL);
	json_text(j, "location", *p->location ? p->location : NULL);
}

static void json_family(struct json_out *j, const struct ef_port_info *list, size_t count,
			const struct ef_port_info *p)
{
	const struct ef_usb_id *id = p->kind == EF_PORT_USB ? ef_usb_known(p->vid, p->pid) : NULL;

	json_text(j, "board", id ? id->name : NULL);
	json_text(j, "chips", id ? id->chips : NULL);
	json_text(j, "channel", port_channel_name(list, count, p));
}

static bool print_json(struct cli *cli, const struct config *config,
		       const struct ef_port_info *list, size_t count, bool all, struct ef_err *err)
{
	struct json_out *j = json_new(cli->command);

	json_begin_array(j, "ports");
	for (size_t i = 0; i < count; i++) {
		if (!is_listed(config, &list[i], all))
			continue;
		json_begin_object(j, NULL);
		json_text(j, "name", list[i].name);
		json_text(j, "kind", kind_name(list[i].kind));
		json_usb(j, &list[i]);
		json_bool(j, "is_known", port_is_known(config, &list[i]));
		json_family(j, list, count, &list[i]);
		json_bool(j, "is_jtag", port_is_jtag_channel(list, count, &list[i]));
		json_end(j);
	}
	json_end(j);
	return ui_result(cli, j, err);
}

bool cmd_list_ports(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct list_ports_args *a = args;
	struct ef_port_info *list = NULL;
	const struct config *config = NULL;
	size_t count = 0;
	bool ok = true;

	if (!cli_config(cli, &config, err) || !ef_port_list(&list, &count, err))
		return false;
	if (cli->is_json)
		ok = print_json(cli, config, list, count, a->all, err);
	else if (!a->name_only)
		print_ports(cli->out, config, list, count, a->all);
	for (size_t i = 0; a->name_only && i < count; i++)
		if (is_listed(config, &list[i], a->all))
			fprintf(cli->out, "%s\n", list[i].name);
	ef_port_list_free(list);
	return ok;
}
