/* SPDX-License-Identifier: MIT */
/*
 * Knows by what a device is recognised when it comes back: a USB device by its
 * serial number, else by the socket that it is plugged into, and everything
 * else by its path. Its node may have another number then, and its product id
 * another value: loader and application of one chip.
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

/* "0001" is what every CP2102 says that nobody configured: no number of one device. */
static bool is_telling(const char *serial)
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
	if (is_telling(was->serial)) {
		/* a loader may have no number, or another one than the application has */
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
	/* of the ports of one device: the same interface, then the same name */
	rank += is_same_interface(was->location, now->location) ? 4 : 0;
	rank += was->pid == now->pid ? 2 : 0;
	return rank + (strcmp(was->name, now->name) == 0 ? 1 : 0);
}

/* Without a list (a container), or with a node that is in none. */
static bool is_there_by_path(const struct ef_port_info *was, size_t listed,
			     struct ef_port_info *ret)
{
	struct ef_port_info now = { .kind = EF_PORT_UNKNOWN };

	(void)ef_strlcpy(now.name, sizeof(now.name), was->name);
	host_port_facts(was->name, &now);
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
	if (was->vid == 0) /* nothing but its path is known; opening it will tell */
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
	/* a link by which it was named, and that follows it: nobody should see another name */
	if (best > 0 && host_real_path(was->name, path, sizeof(path)) &&
	    strcmp(path, ret->name) == 0)
		memcpy(ret->name, was->name, sizeof(ret->name));
	return best > 0 || ef_fail(err, EF_E_PORT, "'%s' is gone and has not come back", was->name);
}
