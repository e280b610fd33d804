/* SPDX-License-Identifier: MIT */
/* Prints the text of a booting chip. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/boot_parts.h"
#include "sim/parts.h"

void sim_text(struct sim *sim, uint64_t at, const char *fmt, ...)
{
	char line[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n >= sizeof(line))
		n = (int)sizeof(line) - 1;
	sim_uart_send(sim, at, line, (size_t)n, true);
}

void sim_log(struct sim_log *log, char level, const char *tag, const char *fmt, ...)
{
	char text[320];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	sim_text(log->sim, log->sim->now + log->us, "%c (%u) %s: %s\r\n", level,
		 (unsigned)(log->us / 1000), tag, text);
	/* the next line starts when the UART has sent this one */
	log->us += (strlen(text) + strlen(tag) + 14) * 10000000u / SIM_ROM_RATE;
}

void sim_boot_say(struct sim *sim, const char *text)
{
	uint64_t at = sim->now + 2000;

	while (*text) {
		const char *end = strchr(text, '\n');
		size_t len = end ? (size_t)(end + 1 - text) : strlen(text);

		sim_uart_send(sim, at, text, len, true);
		text += len;
		at += 2000;
	}
}

void sim_copy_text(char *dst, size_t cap, const uint8_t *src, size_t len)
{
	size_t n = 0;

	while (n + 1 < cap && n < len && src[n]) {
		dst[n] = src[n] >= 0x20 && src[n] < 0x7f ? (char)src[n] : '?';
		n++;
	}
	dst[n] = '\0';
}
