/* SPDX-License-Identifier: MIT */
/*
 * Holds QEMU's ESP32 in reset, starts it with the strap that the circuit gave it, and follows the
 * rate of its UART. README.md beside this file has the properties and the event of QMP that it
 * needs.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "chip.h"

/* GPIO_STRAP (ESP32 datasheet, strapping pins): all pins high but IO0, or as a board has them. */
#define STRAP_DOWNLOAD 0x0fu
#define STRAP_FLASH    0x12u

int chip_connect(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(a.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	memcpy(a.sun_path, path, strlen(path) + 1);
	if (connect(fd, (const void *)&a, sizeof(a)) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0)
		return fd;
	close(fd);
	return -1;
}

static void tell(struct chip *c, const char *text)
{
	size_t len = strlen(text);

	/* commands are short and answered at once, so the socket has room */
	if (write(c->fd, text, len) != (ssize_t)len)
		perror("QMP");
}

static void set(struct chip *c, const char *path, const char *name, const char *value)
{
	char text[256];

	(void)snprintf(text, sizeof(text),
		       "{\"execute\":\"qom-set\",\"arguments\":{\"path\":\"/machine/soc%s\","
		       "\"property\":\"%s\",\"value\":%s}}\n",
		       path, name, value);
	tell(c, text);
}

static void set_number(struct chip *c, const char *path, const char *name, uint32_t value)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%lu", (unsigned long)value);
	set(c, path, name, text);
}

bool chip_open(struct chip *c, const char *path)
{
	c->fd = chip_connect(path);
	if (c->fd < 0)
		return false;
	c->is_on = true;
	c->rate_hz = 115200;
	tell(c, "{\"execute\":\"qmp_capabilities\"}\n");
	return true;
}

void chip_off(struct chip *c)
{
	c->is_on = false;
	set(c, "", "en", "false");
}

void chip_start(struct chip *c, bool is_download)
{
	c->is_on = true;
	set_number(c, "/gpio", "strap_mode", is_download ? STRAP_DOWNLOAD : STRAP_FLASH);
	set(c, "", "en", "true");
}

void chip_pause(struct chip *c)
{
	tell(c, "{\"execute\":\"stop\"}\n");
}

void chip_go_on(struct chip *c)
{
	tell(c, "{\"execute\":\"cont\"}\n");
}

void chip_set_line_rate(struct chip *c, uint32_t rate_hz)
{
	set_number(c, "/uart0", "line-baud", rate_hz);
}

static uint32_t number_after(const char *line, const char *name)
{
	const char *at = strstr(line, name);
	uint32_t ret = 0;

	if (!at)
		return 0;
	for (at += strlen(name); *at == ' '; at++)
		;
	for (; *at >= '0' && *at <= '9'; at++)
		ret = 10 * ret + (uint32_t)(*at - '0');
	return ret;
}

static void take_line(struct chip *c, const char *line)
{
	if (strstr(line, "\"ESP32_UART_BAUD\"") && strstr(line, "\"uart\": 0")) {
		uint32_t rate = number_after(line, "\"baud\":");

		c->rate_hz = rate ? rate : c->rate_hz;
		c->has_told_rate = true;
	} else if (strstr(line, "\"error\"")) {
		fprintf(stderr, "QMP: %s\n", line);
	}
}

bool chip_read(struct chip *c)
{
	ssize_t n = read(c->fd, c->line + c->len, sizeof(c->line) - 1 - c->len);
	char *end;

	if (n == 0)
		return false;
	if (n > 0)
		c->len += (size_t)n;
	c->line[c->len] = '\0';
	while ((end = strchr(c->line, '\n')) != NULL) {
		*end = '\0';
		take_line(c, c->line);
		c->len -= (size_t)(end + 1 - c->line);
		memmove(c->line, end + 1, c->len + 1);
	}
	/* no line of QEMU's is that long */
	if (c->len == sizeof(c->line) - 1)
		c->len = 0;
	return true;
}
