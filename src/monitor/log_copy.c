/* SPDX-License-Identifier: MIT */
/* Knows how the copy gets into the file. That never blocks for long, so it needs no ring. */
#include "monitor/log_copy.h"

#include <errno.h>
#include <string.h>

#include "base/util.h"

static void write_all(struct log_copy *c)
{
	if (c->err.code == EF_OK && c->len && !ef_fd_write(c->opts.fd, c->data, c->len))
		ef_fail(&c->err, errno == EINTR ? EF_E_INTR : EF_E_IO,
			"cannot write the log file: %s", ef_file_words(errno));
	c->len = 0;
}

static void add(struct log_copy *c, const void *data, size_t len)
{
	const uint8_t *p = data;

	while (c->opts.fd >= 0 && len > 0) {
		size_t room = sizeof(c->data) - c->len;
		size_t n = len < room ? len : room;

		memcpy(c->data + c->len, p, n);
		c->len += n;
		p += n;
		len -= n;
		if (c->len == sizeof(c->data))
			write_all(c);
	}
}

void log_copy_raw(struct log_copy *c, const void *data, size_t len)
{
	if (c->opts.is_raw)
		add(c, data, len);
}

void log_copy_text(struct log_copy *c, const char *text, size_t len)
{
	if (!c->opts.is_raw)
		add(c, text, len);
}

void log_copy_line(struct log_copy *c, const char *text)
{
	log_copy_text(c, text, strlen(text));
	log_copy_text(c, "\n", 1);
}

bool log_copy_flush(struct log_copy *c, struct ef_err *err)
{
	write_all(c);
	if (c->err.code == EF_OK)
		return true;
	*err = c->err;
	return false;
}
