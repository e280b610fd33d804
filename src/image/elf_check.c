/* SPDX-License-Identifier: MIT */
/*
 * Checks whether an ELF is for a chip, and whether ESP-IDF's bootloader can start it. It uses the
 * machine type, esp-hal's metadata, load addresses and section names.
 */
#include "image/image_priv.h"

static const char *machine_name(uint16_t machine)
{
	return machine == EF_EM_XTENSA ? "Xtensa" : "RISC-V";
}

const struct ef_chip *ef_elf_chip(const struct ef_elf *elf)
{
	return elf->chip_name[0] ? ef_chip_by_name(elf->chip_name) : NULL;
}

/* Return a chip of this architecture that has memory at addr; NULL if there is none. */
static const struct ef_chip *owner_of(uint32_t addr, enum ef_arch arch)
{
	for (const struct ef_chip *const *c = ef_chips; *c; c++)
		if ((*c)->arch == arch && ef_chip_mem(*c, addr))
			return *c;
	return NULL;
}

/*
 * Accept an address that no chip has: the tables hold esptool's ranges, and chips have
 * other memory, too.
 */
static bool check_addresses(const struct ef_elf *elf, const struct ef_chip *chip,
			    struct ef_err *err)
{
	for (size_t i = 0; i < elf->section_count; i++) {
		const struct ef_elf_section *s = &elf->sections[i];
		const struct ef_chip *other;

		if (!ef_section_is_loadable(s) || ef_chip_mem(chip, s->addr))
			continue;
		other = owner_of(s->addr, chip->arch);
		if (other == NULL)
			continue;
		ef_fail(err, EF_E_INPUT,
			"the ELF is not for %s: section '%s' loads to 0x%08x, where %s has no "
			"memory (%s has)",
			chip->label, s->name, s->addr, chip->label, other->label);
		return ef_hint_text(err, EF_HINT_ELF_OTHER_ADDRESSES, chip->label);
	}
	return true;
}

bool ef_elf_check_chip(const struct ef_elf *elf, const struct ef_chip *chip, struct ef_err *err)
{
	uint16_t want = chip->arch == EF_ARCH_XTENSA ? EF_EM_XTENSA : EF_EM_RISCV;

	if (elf->machine != want) {
		ef_fail(err, EF_E_INPUT, "the ELF is for a %s chip, but %s is %s",
			machine_name(elf->machine), chip->label, machine_name(want));
		return ef_hint_text(err, EF_HINT_ELF_OTHER_CHIP, chip->label);
	}
	if (elf->chip_name[0] && ef_elf_chip(elf) != chip) {
		ef_fail(err, EF_E_INPUT, "the ELF was built for '%s', not for '%s'", elf->chip_name,
			chip->name);
		return ef_hint_text(err, EF_HINT_ELF_OTHER_CHIP, chip->label);
	}
	return check_addresses(elf, chip, err);
}

/* These section names identify its programs. */
bool ef_elf_is_zephyr(const struct ef_elf *elf)
{
	return ef_elf_section(elf, "sw_isr_table") || ef_elf_section(elf, "initlevel");
}

bool ef_section_is_app_desc(const struct ef_elf_section *section)
{
	return ef_section_is_loadable(section) && section->size >= EF_APP_DESC_SIZE &&
	       ef_le32(section->data) == EF_APP_DESC_MAGIC;
}

const struct ef_elf_section *ef_elf_app_desc(const struct ef_elf *elf)
{
	const struct ef_elf_section *s = ef_elf_section(elf, EF_SECTION_APP_DESC);

	if (s == NULL)
		s = ef_elf_section(elf, EF_SECTION_RODATA_DESC);
	for (size_t i = 0; s == NULL && i < elf->section_count; i++)
		if (ef_section_is_app_desc(&elf->sections[i]))
			s = &elf->sections[i];
	return s;
}

bool ef_elf_check_app_desc(const struct ef_elf *elf, struct ef_err *err)
{
	if (elf->has_app_desc_symbol || ef_elf_app_desc(elf) || ef_elf_is_zephyr(elf))
		return true;
	ef_fail(err, EF_E_INPUT,
		"the ELF has no ESP-IDF application descriptor, which the "
		"second-stage bootloader looks for");
	if (ef_elf_section(elf, EF_SECTION_METADATA))
		return ef_hint_set(err, EF_HINT_ELF_NO_DESC_RUST);
	return ef_hint_text(err, EF_HINT_ELF_NO_DESC, EF_SECTION_APP_DESC);
}
