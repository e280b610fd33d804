/* SPDX-License-Identifier: MIT */
/* The channels of USB bridges that have several. */
#ifndef EF_CLI_PORT_CHANNEL_H
#define EF_CLI_PORT_CHANNEL_H

#include <espflash/port.h>

/* "channel B (UART)"; NULL: the port is not a bridge with several channels. */
const char *port_channel_name(const struct ef_port_info *list, size_t count,
			      const struct ef_port_info *port);
/*
 * Return whether the port is the first of an FT2232's channels and the second is listed too: then
 * it is wired to JTAG, never to the chip's UART.
 */
bool port_is_jtag_channel(const struct ef_port_info *list, size_t count,
			  const struct ef_port_info *port);
/* Return the channel of the same bridge that is the chip's UART; NULL: none is listed. */
const struct ef_port_info *port_uart_channel(const struct ef_port_info *list, size_t count,
					     const struct ef_port_info *port);
/* Return whether two ports are channels of one USB device. */
bool port_is_same_device(const struct ef_port_info *a, const struct ef_port_info *b);
/* Return the entry of the list that a path leads to ("/dev/serial/by-id/..."); NULL. */
const struct ef_port_info *port_find(const struct ef_port_info *list, size_t count,
				     const char *path);

#endif
