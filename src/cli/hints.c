/* SPDX-License-Identifier: MIT */
/*
 * Knows what to do next after a kind of error, where nobody closer to it had
 * better advice; and by what a system keeps a port from those who look for it.
 */
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "base/util.h"

void port_missing_hint(const struct ef_host_facts *host, const char *path, bool is_on_host,
		       struct ef_err *err)
{
	if (host->is_container && is_on_host)
		ef_hint(err,
			"the computer has '%s', this container doesn't: start the container with "
			"'--device %s'",
			path, path);
	else if (host->is_wsl)
		ef_hint(err, "WSL sees a USB device after it was attached, in Windows: 'usbipd "
			     "list', then 'usbipd attach --wsl --busid BUSID'");
	else if (host->has_brltty)
		ef_hint(err, "brltty is running, and takes CH340 and CP210x adapters away: 'sudo "
			     "apt remove brltty', then plug the board in again");
}

void cli_port_missing(const char *path, struct ef_err *err)
{
	struct ef_host_facts host;
	const char *slash = path ? strrchr(path, '/') : NULL;
	char sysfs[160] = "";

	ef_host_facts(path, &host);
	if (err->code != EF_E_PORT || (path && (host.exists || strstr(path, "://"))))
		return;
	/* a container sees all of sysfs, but only the device nodes that it was given */
	if (slash && !ef_snprintf(sysfs, sizeof(sysfs), "/sys/class/tty/%s", slash + 1))
		return;
	port_missing_hint(&host, path, *sysfs && access(sysfs, F_OK) == 0, err);
}

/* Below the command line nobody knows by what name we were called: a shorter one, if any. */
static void name_as_called(const char *name, struct ef_err *err)
{
	static const char own[] = "espflash-c ";
	size_t len = strlen(name), own_len = sizeof(own) - 2;
	char *at = err->hint;

	if (len >= own_len)
		return;
	while ((at = strstr(at, own))) {
		memcpy(at, name, len);
		memmove(at + len, at + own_len, strlen(at + own_len) + 1);
		at += len;
	}
}

void cli_default_hint(const struct cli *cli, struct ef_err *err)
{
	const char *name = cli->program->name;

	name_as_called(name, err);
	if (*err->hint)
		return;
	switch (err->code) {
	case EF_E_USAGE:
		ef_hint(err, "'%s %s%s--help' shows how it is used", name, cli->command,
			*cli->command ? " " : "");
		return;
	case EF_E_INPUT:
		ef_hint(err,
			"correct the file, or make it again; '%s %s --help' says what it has to "
			"be",
			name, cli->command);
		return;
	case EF_E_PORT:
		ef_hint(err, "see which ports there are: %s list-ports", name);
		return;
	case EF_E_TIMEOUT:
	case EF_E_PROTOCOL:
		ef_hint(err, "find out what is wrong: %s doctor", name);
		return;
	case EF_E_VERIFY:
		ef_hint(err, "try again, slower: '--baud 115200'; '%s doctor' tests the line",
			name);
		return;
	case EF_E_UNSUPP:
		ef_hint(err, "'%s board-info' shows what the chip is", name);
		return;
	default: /* what the monitor ended for, and ^C, need none; of a file its name says it */
		return;
	}
}
