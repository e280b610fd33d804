/* SPDX-License-Identifier: MIT */
/* It is mapped and not allocated: the leak check of each test would search 4 MiB for pointers. */
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "blank_flash.h"

#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#define SIZE ((size_t)4 << 20)

static uint8_t *memory;
static bool is_lent;

uint8_t *blank_flash_lend(void)
{
	if (is_lent)
		return NULL;
	if (!memory) {
		void *mapped = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				    -1, 0);

		if (mapped == MAP_FAILED)
			return NULL;
		memory = mapped;
	}
	memset(memory, 0xff, SIZE);
	is_lent = true;
	return memory;
}

void blank_flash_return(const uint8_t *flash)
{
	is_lent &= flash != memory;
}
