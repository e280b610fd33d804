/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a file with bootloaders in it, as an sdkconfig, and as the ELF of a bootloader.
 * What is found lies in the data, and an image that was built is whole.
 */
#include <stdlib.h>
#include <string.h>

#include <espflash/boot.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool is_true)
{
	if (!is_true)
		abort();
}

struct range {
	const uint8_t *data;
	size_t len, end;
	struct ef_boot boot[8];
	size_t count;
};

static bool found(void *user, const struct ef_boot *b)
{
	struct range *r = user;

	check(b->off >= r->end && b->len <= r->len - b->off && b->data == r->data + b->off);
	check(b->chip && b->is_certain && b->len <= EF_BOOT_MAX);
	check(memchr(b->idf_version, '\0', sizeof(b->idf_version)) != NULL);
	r->end = b->off + b->len;
	r->boot[r->count++ % 8] = *b;
	return true;
}

static void build(const struct ef_elf *elf, const struct ef_chip *chip)
{
	struct ef_boot_build opts = { .chip = chip, .max_rev = EF_BOOT_ANY_REV };
	struct ef_err err = EF_ERR_INIT;
	struct ef_image_info info;
	uint8_t *image;
	size_t len;

	if (ef_boot_build(elf, &opts, &image, &len, &err)) {
		check(ef_image_parse(image, len, &info, &err) && info.len == len);
		check(ef_image_verify(&info, &err));
		free(image);
	} else {
		check(err.code == EF_E_INPUT);
	}
}

static void build_for_all(const uint8_t *data, size_t size)
{
	struct ef_err err = EF_ERR_INIT;
	struct ef_elf elf;

	if (!ef_elf_open(&elf, data, size, &err))
		return;
	for (size_t i = 0; ef_chips[i]; i++)
		build(&elf, ef_chips[i]);
	ef_elf_release(&elf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct range r = { .data = data, .len = size };
	struct ef_err err = EF_ERR_INIT;
	struct ef_sdkconfig config;
	struct ef_boot boot;

	ef_boot_scan(data, size, found, &r);
	ef_boot_tell_crystals(r.boot, r.count < 8 ? r.count : 8);
	if (ef_boot_judge(data, size, &boot, &err))
		check(boot.len <= size && boot.chip);
	else
		check(err.code == EF_E_INPUT);
	ef_sdkconfig_read(data, size, &config);
	check(memchr(config.target, '\0', sizeof(config.target)) != NULL);
	build_for_all(data, size);
	return 0;
}
