/* SPDX-License-Identifier: MIT */
/* Any bytes as an ELF: its symbols, its DWARF, its frame information, its names. */
#include <stdlib.h>

#include "base/bytes.h"
#include "symbols/demangle.h"
#include "symbols/unwind.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool is_true)
{
	if (!is_true)
		abort();
}

static void look_up(struct ef_symbols *s, uint32_t addr)
{
	struct ef_location l[EF_LOCATIONS_MAX];
	size_t count = ef_symbols_find(s, addr, l, EF_LOCATIONS_MAX);

	for (size_t i = 0; i < count; i++) {
		check(l[i].function != NULL && l[i].file != NULL);
		check(strpbrk(l[i].function, "\033\n\r") == NULL);
	}
}

static void unwind(const struct ef_symbols *s, uint32_t pc)
{
	static const uint8_t stack[256] = { 0x10, 0x02, 0, 0x80, 0x52, 0x02, 0, 0x80 };
	const struct ef_unwind_memory memory = { 0x80001000, stack, sizeof(stack) };
	struct ef_unwind_state state = { .pc = pc, .known = UINT32_MAX };

	for (size_t i = 0; i < EF_CFI_REGS; i++)
		state.reg[i] = 0x80001000;
	for (unsigned i = 0; i < 64; i++)
		if (ef_unwind_step(s, &memory, &state) != EF_UNWIND_OK)
			return;
}

static void demangle(const uint8_t *data, size_t size)
{
	char name[512] = "_", out[1024];
	size_t len = size < sizeof(name) - 2 ? size : sizeof(name) - 2;

	memcpy(name + 1, data, len);
	name[len + 1] = '\0';
	if (ef_demangle(name, out, sizeof(out)))
		check(strlen(out) < sizeof(out));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ef_symbols_elf one = { data, size, "fuzz", false };
	struct ef_err err = EF_ERR_INIT;
	struct ef_symbols *s = NULL;

	demangle(data, size);
	if (!ef_symbols_open(&one, 1, &s, &err)) {
		check(err.code == EF_E_INPUT || err.code == EF_E_IO);
		return 0;
	}
	/* where the programs of the corpus have their code */
	for (uint32_t addr = 0x80000000; addr < 0x80000380; addr += 0x26)
		look_up(s, addr);
	unwind(s, 0x80000210);
	unwind(s, 0x80000252);
	ef_symbols_close(s);
	return 0;
}
