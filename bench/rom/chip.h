/* SPDX-License-Identifier: MIT */
/* The emulated chip, as QEMU's monitor (QMP) controls it. Errors of QMP go to stderr. */
#ifndef BENCH_ROM_CHIP_H
#define BENCH_ROM_CHIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chip {
	int fd;
	bool is_on;
	uint32_t rate_hz;   /* the UART's */
	bool has_told_rate; /* QEMU reported the rate at least once */
	char line[16384];
	size_t len;
};

/* Connect to a Unix socket. Return -1 on failure. */
int chip_connect(const char *path);

bool chip_open(struct chip *c, const char *path);

/* Pull EN low. */
void chip_off(struct chip *c);

/* Let EN go: the chip looks at its strapping pins and starts. */
void chip_start(struct chip *c, bool is_download);

/* Stop all of the chip where it is, and let it go on. */
void chip_pause(struct chip *c);
void chip_go_on(struct chip *c);

/* Set the rate of the host, by which the ROM sets its own. */
void chip_set_line_rate(struct chip *c, uint32_t rate_hz);

/* Take what QEMU sent. Return whether it is still there. */
bool chip_read(struct chip *c);

#endif
