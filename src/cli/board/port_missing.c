/* SPDX-License-Identifier: MIT */
/* Knows hosts that hide ports from the user: containers, WSL, and systems with brltty. */
#include "cli/board/port_missing.h"

#include <string.h>
#include <unistd.h>

#include "base/util.h"

void port_missing_hint(const struct ef_host_facts *host, const char *path, bool is_on_host,
		       struct ef_err *err)
{
	if (host->is_container && is_on_host)
		ef_hint_own(
			err,
			"the host has '%s', but this container does not: start the container with "
			"'--device %s'",
			path, path);
	else if (host->is_wsl)
		ef_hint_own(err, "attach the USB device to WSL, in Windows: 'usbipd "
				 "list', then 'usbipd attach --wsl --busid BUSID'");
	else if (host->has_brltty)
		ef_hint_own(err, "brltty is running and claims CH340 and CP210x adapters: 'sudo "
				 "apt remove brltty', then plug the board in again");
}

void port_missing(const char *path, struct ef_err *err)
{
	struct ef_host_facts host;
	const char *slash = path ? strrchr(path, '/') : NULL;
	char sysfs[160] = "";

	ef_host_facts(path, &host);
	if (err->code != EF_E_PORT || (path && (host.exists || strstr(path, "://"))))
		return;
	/* a container sees the host's sysfs, but only the device nodes that it was given */
	if (slash && !ef_snprintf(sysfs, sizeof(sysfs), "/sys/class/tty/%s", slash + 1))
		return;
	port_missing_hint(&host, path, *sysfs && access(sysfs, F_OK) == 0, err);
}
