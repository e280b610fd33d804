/* SPDX-License-Identifier: MIT */
/*
 * Knows which channel of a USB bridge is JTAG, and which is the chip's UART.
 *
 * Sources: FTDI's data sheets of the FT2232H (both channels have the MPSSE that
 * speaks JTAG) and the FT4232H (A and B have it); schematics of ESP-Prog,
 * ESP-WROVER-KIT and ESP32-Ethernet-Kit, where A is JTAG and B the UART; the Linux
 * driver ftdi_sio for product ids; sysfs for the names of a device's interfaces
 * ("1-2.3:1.0" is the first).
 */
#include <stdlib.h>
#include <string.h>

#include "cli/board/port_channel.h"
#include "base/bytes.h"

#define FTDI_VID 0x0403

static const struct {
	uint16_t pid;
	unsigned channels;
} bridges[] = {
	{ 0x6010, 2 }, /* FT2232C/D/H */
	{ 0x6011, 4 }, /* FT4232H */
	{ 0x6040, 2 }, /* FT2233HP */
	{ 0x6041, 4 }, /* FT4233HP */
	{ 0x6042, 2 }, /* FT2232HP */
	{ 0x6043, 4 }, /* FT4232HP */
	{ 0x6048, 4 }, /* FT4232HA */
};

static unsigned channel_count(const struct ef_port_info *p)
{
	for (size_t i = 0; i < EF_ARRAY_LEN(bridges); i++)
		if (p->kind == EF_PORT_USB && p->vid == FTDI_VID && p->pid == bridges[i].pid)
			return bridges[i].channels;
	return 0;
}

/* Get the channel, 0 for A. False: the port is no such bridge, or its interface is unknown. */
static bool channel_of(const struct ef_port_info *p, unsigned *ret)
{
	const char *interface = strchr(p->location, ':');
	unsigned n;

	if (!interface || strncmp(interface, ":1.", 3) != 0 || interface[3] < '0' ||
	    interface[3] > '9' || interface[4] != '\0')
		return false;
	n = (unsigned)(interface[3] - '0');
	*ret = n;
	return n < channel_count(p);
}

bool port_is_same_device(const struct ef_port_info *a, const struct ef_port_info *b)
{
	size_t len = strcspn(a->location, ":");

	return len && a->kind == EF_PORT_USB && b->kind == EF_PORT_USB &&
	       strcspn(b->location, ":") == len && memcmp(a->location, b->location, len) == 0;
}

const struct ef_port_info *port_uart_channel(const struct ef_port_info *list, size_t count,
					     const struct ef_port_info *p)
{
	unsigned channel;

	for (size_t i = 0; channel_count(p) && i < count; i++)
		if (port_is_same_device(&list[i], p) && channel_of(&list[i], &channel) &&
		    channel == 1)
			return &list[i];
	return NULL;
}

bool port_is_jtag_channel(const struct ef_port_info *list, size_t count,
			  const struct ef_port_info *p)
{
	unsigned channel;

	/* Channel A alone may be a UART: call it JTAG only if channel B is listed, too. */
	return channel_of(p, &channel) && channel == 0 && port_uart_channel(list, count, p);
}

const char *port_channel_name(const struct ef_port_info *list, size_t count,
			      const struct ef_port_info *p)
{
	static const char *const names[] = { "channel A", "channel B (UART)", "channel C",
					     "channel D" };
	unsigned channel;

	if (!channel_of(p, &channel) || channel >= EF_ARRAY_LEN(names))
		return NULL;
	return port_is_jtag_channel(list, count, p) ? "channel A (JTAG)" : names[channel];
}

const struct ef_port_info *port_find(const struct ef_port_info *list, size_t count,
				     const char *path)
{
	char *real = realpath(path, NULL);
	const struct ef_port_info *found = NULL;

	for (size_t i = 0; i < count && !found; i++) {
		char *other = NULL;

		if (real)
			other = realpath(list[i].name, NULL);
		if (strcmp(list[i].name, path) == 0 || (real && other && strcmp(real, other) == 0))
			found = &list[i];
		free(other);
	}
	free(real);
	return found;
}
