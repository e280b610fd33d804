/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as an ELF, then an app image for one chip, which the length selects,
 * and a RAM load. What is built must be an image that our own reader calls whole.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/bytes.h"
#include <espflash/image.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool is_true)
{
	if (!is_true)
		abort();
}

/* However the ELF looks, the user gets a few sentences. */
static void count_doubt(void *user, const char *text)
{
	check(text[0] != '\0');
	check(++*(unsigned *)user <= 12);
}

static void build(const struct ef_elf *elf, const struct ef_chip *chip)
{
	struct ef_image_opts opts = { .chip = chip, .flash = { .mode = EF_MODE_KEEP } };
	struct ef_err err = EF_ERR_INIT;
	struct ef_image_info info;
	uint8_t *image = NULL;
	size_t len = 0;
	unsigned doubts = 0;

	ef_image_doubts(elf, chip, count_doubt, &doubts);
	if (!ef_image_build(elf, &opts, &image, &len, &err)) {
		check(err.code == EF_E_INPUT || err.code == EF_E_IO);
		return;
	}
	check(ef_image_parse(image, len, &info, &err) && ef_image_verify(&info, &err));
	check(info.len == len && info.chip_id == chip->image_id && info.entry == elf->entry);
	free(image);
}

static void load_to_ram(const struct ef_elf *elf, const struct ef_chip *chip)
{
	struct ef_err err = EF_ERR_INIT;
	struct ef_region *regions = NULL;
	uint8_t *block = NULL;
	size_t count = 0;

	if (!ef_image_ram_segments(elf, chip, &regions, &count, &block, &err)) {
		check(err.code == EF_E_INPUT || err.code == EF_E_IO);
		return;
	}
	for (size_t i = 0; i < count; i++)
		check(regions[i].len % 4 == 0 && regions[i].data != NULL);
	free(regions);
	free(block);
}

static const struct ef_chip *select_chip(size_t size)
{
	size_t count = 0;

	while (ef_chips[count])
		count++;
	return ef_chips[size % count];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct ef_chip *chip = select_chip(size);
	struct ef_err err = EF_ERR_INIT;
	struct ef_elf elf;

	if (!ef_elf_open(&elf, data, size, &err)) {
		check(err.code == EF_E_INPUT || err.code == EF_E_IO);
		ef_elf_release(&elf);
		return 0;
	}
	(void)ef_elf_chip(&elf);
	if (!ef_elf_check_app_desc(&elf, &err))
		ef_err_clear(&err); /* a verdict, not an obstacle here */
	if (!ef_elf_check_chip(&elf, chip, &err))
		ef_err_clear(&err); /* likewise: the builder must cope by itself */
	build(&elf, chip);
	load_to_ram(&elf, chip);
	ef_elf_release(&elf);
	return 0;
}
