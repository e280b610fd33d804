/* SPDX-License-Identifier: MIT */
/* A file of the fuzz targets whose parsers open a path: in a folder of its own, removed at exit. */
#ifndef SETTINGS_FILE_H
#define SETTINGS_FILE_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* In memory, where the system has such a folder: a disk would take nearly all of the time. */
static char settings_dir[] = "/dev/shm/ef-fuzz-XXXXXX";
static char settings_disk[] = "/tmp/ef-fuzz-XXXXXX";

static inline void settings_remove(void)
{
	static const char *const files[] = { "espflash.toml", "espflash_ports.toml", "settings" };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		(void)unlink(files[i]);
	if (chdir("/") == 0 && rmdir(settings_dir) != 0)
		(void)rmdir(settings_disk);
}

static inline int settings_enter(void)
{
	return (mkdtemp(settings_dir) && chdir(settings_dir) == 0) ||
	       (mkdtemp(settings_disk) && chdir(settings_disk) == 0);
}

static inline void settings_write(const char *name, const void *data, size_t size)
{
	static int is_ready;
	FILE *file;

	if (!is_ready && (!settings_enter() || atexit(settings_remove) != 0))
		abort();
	is_ready = 1;
	file = fopen(name, "w");
	if (!file || fwrite(data, 1, size, file) != size || fclose(file) != 0)
		abort();
}

#endif
