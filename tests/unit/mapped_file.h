/* SPDX-License-Identifier: MIT */
/* A file that is mapped, as the program maps its inputs, and how much of it is in memory. */
#ifndef MAPPED_FILE_H
#define MAPPED_FILE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "ck_ef.h"

/* At most a piece and one large page that the kernel maps as a whole (2 MiB on x86-64), in KiB */
#define LEFT_KIB (2048u + 256u)

/* The file has no name any more: ef_map_release() is its end. */
static inline struct ef_map map_file(const uint8_t *data, size_t len)
{
	char name[] = "/tmp/espflash-map-XXXXXX";
	struct ef_err err = EF_ERR_INIT;
	struct ef_map map = { 0 };
	int fd = mkstemp(name);

	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_ok(ef_file_write(name, data, len, &err), &err);
	ck_ok(ef_map_open(&map, name, len, &err), &err);
	ck_assert_int_eq(unlink(name), 0);
	return map;
}

/* How much of the map is in memory; -1: the system does not tell. */
static inline long resident_kib(const struct ef_map *map)
{
	FILE *f = fopen("/proc/self/smaps", "r");
	char line[512], start[32];
	bool is_ours = false;
	long kib = -1;

	(void)ef_snprintf(start, sizeof(start), "%lx-", (unsigned long)(uintptr_t)map->data);
	while (f && kib < 0 && fgets(line, sizeof(line), f)) {
		is_ours |= strncmp(line, start, strlen(start)) == 0;
		if (is_ours && strncmp(line, "Rss:", 4) == 0) {
			uint32_t value;
			char *at = line + 4 + strspn(line + 4, " ");

			at[strcspn(at, " ")] = '\0';
			ck_assert(ef_parse_u32(at, UINT32_MAX, &value));
			kib = (long)value;
		}
	}
	if (f)
		fclose(f);
	return kib;
}

#endif
