/* SPDX-License-Identifier: MIT */
/*
 * Recognises a device that comes back: a USB device by its serial number, or
 * else by the USB socket it is plugged into; other devices by their path. The
 * device node may have another number then. The product id may differ too, if
 * the loader and the application of a chip use different ones.
 */
#include "base/util.h"
#include "port/port_priv.h"

/* "1-2.3:1.0": the interface follows the colon. */
static bool is_same_socket(const char *a, const char *b)
{
	size_t len = strcspn(a, ":");

	return len > 0 && strcspn(b, ":") == len && memcmp(a, b, len) == 0;
}

static bool is_same_interface(const char *a, const char *b)
{
	return strcmp(a + strcspn(a, ":"), b + strcspn(b, ":")) == 0;
}

/* Factory defaults such as the CP2102's "0001" do not identify a single device. */
static bool is_unique(const char *serial)
{
	return strlen(serial) >= 6 && strspn(serial, "0") < strlen(serial);
}

unsigned port_likeness(const struct ef_port_info *was, const struct ef_port_info *now)
{
	unsigned rank = 0;

	if (was->vid == 0)
		return strcmp(was->name, now->name) == 0;
	if (was->vid != now->vid)
		return 0;
	if (is_unique(was->serial)) {
		/* Loader and application may have different serial numbers, or the loader none. */
		if (strcmp(was->serial, now->serial) == 0)
			rank = 16;
		else if (was->pid != now->pid && is_same_socket(was->location, now->location))
			rank = 8;
	} else if (was->location[0]) {
		rank = is_same_socket(was->location, now->location) ? 8 : 0;
	} else {
		rank = strcmp(was->name, now->name) == 0 ? 8 : 0;
	}
	if (rank == 0)
		return 0;
	/* Rank the ports of one device: the same interface first, then product id, then name. */
	rank += is_same_interface(was->location, now->location) ? 4 : 0;
	rank += was->pid == now->pid ? 2 : 0;
	return rank + (strcmp(was->name, now->name) == 0 ? 1 : 0);
}

/* Look at the old path itself: a container has no list, and not every node is in it. */
static bool is_there_by_path(const struct ef_port_info *was, size_t listed,
			     struct ef_port_info *ret)
{
	struct ef_port_info now = { .kind = EF_PORT_UNKNOWN };

	(void)ef_strlcpy(now.name, sizeof(now.name), was->name);
	port_device_facts(&now);
	if (port_likeness(was, &now) == 0 && (now.vid != 0 || listed > 0))
		return false;
	*ret = now;
	return true;
}

bool ef_port_find_again(const struct ef_port_info *was, struct ef_port_info *ret,
			struct ef_err *err)
{
	char path[sizeof(was->name)];
	struct ef_port_info *list = NULL;
	unsigned best = 0;
	size_t count = 0;

	*ret = *was;
	/* the path is all we know, so only opening it shows whether the device is back */
	if (was->vid == 0)
		return true;
	if (!ef_port_list(&list, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		unsigned rank = port_likeness(was, &list[i]);

		if (rank > best) {
			best = rank;
			*ret = list[i];
		}
	}
	ef_port_list_free(list);
	if (best == 0 && is_there_by_path(was, count, ret))
		return true;
	/* Keep the user's name if it is a link that leads to the device again. */
	if (best > 0 && host_real_path(was->name, path, sizeof(path)) &&
	    strcmp(path, ret->name) == 0)
		memcpy(ret->name, was->name, sizeof(ret->name));
	return best > 0 || ef_fail(err, EF_E_PORT, "'%s' is gone and has not come back", was->name);
}
