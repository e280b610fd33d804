/* SPDX-License-Identifier: MIT */
/*
 * Lists this machine's ports and describes them. The only user of
 * libserialport, which enumerates devices on every system; host_port_facts adds
 * what it does not know (the USB location, devices under another name).
 */
#include <libserialport.h>
#include <stdlib.h>

#include "base/util.h"
#include "port/port_priv.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

/* Skip the number at *p; returns the count of its digits without leading zeros. */
static size_t number_at(const char **p, const char **ret_start)
{
	const char *start;

	while (**p == '0' && is_digit((*p)[1]))
		++*p;
	start = *p;
	while (is_digit(**p))
		++*p;
	*ret_start = start;
	return (size_t)(*p - start);
}

int port_name_compare(const char *a, const char *b)
{
	const char *full_a = a, *full_b = b;

	while (*a && *b) {
		if (is_digit(*a) && is_digit(*b)) {
			const char *na, *nb;
			size_t la = number_at(&a, &na), lb = number_at(&b, &nb);
			int order = la == lb ? memcmp(na, nb, la) : la < lb ? -1 : 1;

			if (order)
				return order;
			continue;
		}
		if (lower(*a) != lower(*b))
			return lower(*a) - lower(*b);
		a++;
		b++;
	}
	if (*a || *b)
		return *a ? 1 : -1;
	/* Order "ttyUSB01" and "ttyusb1" too, so that the result does not depend on the sort. */
	return strcmp(full_a, full_b);
}

static int compare_info(const void *a, const void *b)
{
	const struct ef_port_info *ia = a, *ib = b;

	return port_name_compare(ia->name, ib->name);
}

static void copy_clean(char *dst, size_t cap, const char *src)
{
	ef_strlcpy(dst, cap, src ? src : "");
	ef_clean_text(dst);
}

/* Add the facts that libserialport has. They replace those that are there already. */
static void add_sp_facts(struct ef_port_info *info, const struct sp_port *sp)
{
	int vid = 0, pid = 0;

	if (sp_get_port_transport(sp) == SP_TRANSPORT_BLUETOOTH)
		info->kind = EF_PORT_BLUETOOTH;
	if (sp_get_port_transport(sp) != SP_TRANSPORT_USB)
		return;
	info->kind = EF_PORT_USB;
	if (sp_get_port_usb_vid_pid(sp, &vid, &pid) != SP_OK || vid <= 0 || vid > UINT16_MAX ||
	    pid < 0 || pid > UINT16_MAX)
		return;
	info->vid = (uint16_t)vid;
	info->pid = (uint16_t)pid;
	copy_clean(info->serial, sizeof(info->serial), sp_get_port_usb_serial(sp));
	copy_clean(info->manufacturer, sizeof(info->manufacturer),
		   sp_get_port_usb_manufacturer(sp));
	copy_clean(info->product, sizeof(info->product), sp_get_port_usb_product(sp));
}

static void fill(struct ef_port_info *info, const struct sp_port *sp)
{
	info->kind = EF_PORT_UNKNOWN;
	host_port_facts(info->name, info);
	if (sp)
		add_sp_facts(info, sp);
}

void port_device_facts(struct ef_port_info *info)
{
	char real[sizeof(info->name)];
	const char *path = host_real_path(info->name, real, sizeof(real)) ? real : info->name;
	struct sp_port *sp = NULL;

	/* Release 0.1.1 follows no symlinks; devices without a node in sysfs are SP_ERR_ARG. */
	if (sp_get_port_by_name(path, &sp) != SP_OK)
		sp = NULL;
	fill(info, sp);
	if (sp)
		sp_free_port(sp);
}

bool ef_port_list(struct ef_port_info **ret, size_t *ret_count, struct ef_err *err)
{
	struct sp_port **ports = NULL;
	struct ef_port_info *list;
	enum sp_return result = sp_list_ports(&ports);
	size_t n = 0, used = 0;

	if (result == SP_ERR_MEM)
		return ef_fail(err, EF_E_IO, "out of memory");
	/* It fails without /sys/class/tty (in a container): then there are no ports to list. */
	while (result == SP_OK && ports && ports[n])
		n++;
	list = calloc(n + 1, sizeof(*list));
	if (!list) {
		if (ports)
			sp_free_port_list(ports);
		return ef_fail(err, EF_E_IO, "out of memory");
	}
	for (size_t i = 0; i < n; i++) {
		const char *name = sp_get_port_name(ports[i]);

		/* A device whose name does not fit could not be opened anyway. */
		if (name && ef_strlcpy(list[used].name, sizeof(list[used].name), name))
			fill(&list[used++], ports[i]);
	}
	if (ports)
		sp_free_port_list(ports);
	qsort(list, used, sizeof(*list), compare_info);
	*ret = list;
	*ret_count = used;
	return true;
}

void ef_port_list_free(struct ef_port_info *list)
{
	free(list);
}
