/* SPDX-License-Identifier: MIT */
/*
 * A plain driver for a fuzz target: runs it on every file of the folders and
 * files named on the command line, and then on mutations of each (a fixed
 * sequence: the same every time), so that a machine without libFuzzer tries
 * more than what is in the tree.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUTATIONS 200

static unsigned ran;

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u; /* Numerical Recipes' constants */
	return *state >> 8;
}

/* Copies of exact size: a sanitizer sees the first byte read past the end. */
static void run_copy(const uint8_t *data, size_t len)
{
	uint8_t *copy = calloc(len ? len : 1, 1);

	if (!copy)
		exit(EXIT_FAILURE);
	if (len)
		memcpy(copy, data, len);
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
	ran++;
}

static void run_mutations(uint8_t *data, size_t len, uint32_t seed)
{
	for (unsigned i = 0; i < MUTATIONS && len > 0; i++) {
		size_t pos = next_random(&seed) % len, cut = len;
		uint8_t old = data[pos];

		switch (next_random(&seed) % 4) {
		case 0:
			data[pos] ^= (uint8_t)(1u << next_random(&seed) % 8);
			break;
		case 1:
			data[pos] = (uint8_t)next_random(&seed);
			break;
		case 2:
			data[pos] = 0xff;
			break;
		default:
			cut = pos;
			break;
		}
		run_copy(data, cut);
		data[pos] = old;
	}
}

static void run_file(const char *path)
{
	struct ef_buf buf = EF_BUF_INIT(64 * EF_MIB);
	struct ef_err err = EF_ERR_INIT;

	if (!ef_file_read(path, &buf, &err)) {
		fprintf(stderr, "%s\n", err.msg);
		exit(EXIT_FAILURE);
	}
	run_copy(buf.data, buf.len);
	run_mutations(buf.data, buf.len, (uint32_t)buf.len);
	ef_buf_release(&buf);
}

static void run_dir(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	char name[4096];

	if (!dir) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		if (ef_snprintf(name, sizeof(name), "%s/%s", path, entry->d_name))
			run_file(name);
	}
	closedir(dir);
}

int main(int argc, char **argv)
{
	struct stat st;

	run_copy(NULL, 0);
	for (int i = 1; i < argc; i++) {
		if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode))
			run_dir(argv[i]);
		else
			run_file(argv[i]);
	}
	printf("%u inputs\n", ran);
	if (ran < 2) {
		fputs("the corpus is empty\n", stderr);
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}
