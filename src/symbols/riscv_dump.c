/* SPDX-License-Identifier: MIT */
/*
 * Knows the formats of RISC-V dumps: ESP-IDF's panic handler
 * (components/esp_system/port/arch/riscv/panic_arch.c: "Core 0 register dump:", four registers a
 * line, "Stack memory:", eight words a line) and esp-backtrace's "STACKDUMP: <pc> <bytes>".
 */
#include <stdlib.h>

#include "base/util.h"
#include "symbols/addr_text.h"
#include "symbols/riscv_dump.h"

/* esp-backtrace does not print the address of its stack. No chip has memory here. */
#define NOWHERE 0xe0000000u

/* Index: register number. The psABI's names, as panic handlers print them. */
static const char *const names[EF_CFI_REGS] = {
	"",   "RA", "SP", "GP", "TP",  "T0",  "T1", "T2", "S0", "S1", "A0",
	"A1", "A2", "A3", "A4", "A5",  "A6",  "A7", "S2", "S3", "S4", "S5",
	"S6", "S7", "S8", "S9", "S10", "S11", "T3", "T4", "T5", "T6",
};

static void set_reg(struct ef_riscv_dump *d, uint32_t reg, uint32_t value)
{
	d->state.reg[reg] = value;
	d->state.known |= 1u << reg;
}

static bool take_registers(struct ef_riscv_dump *d, const char *line, size_t len)
{
	struct ef_addr_text a;
	bool is_taken = false;
	size_t at = 0;

	while (ef_addr_next(line, len, &at, &a)) {
		if (ef_addr_is(&a, "MEPC")) {
			d->state.pc = a.value;
			d->has_pc = is_taken = true;
		}
		for (uint32_t reg = 1; reg < EF_CFI_REGS; reg++) {
			if (!ef_addr_is(&a, names[reg]))
				continue;
			set_reg(d, reg, a.value);
			is_taken = true;
		}
	}
	return is_taken;
}

static bool has_stack(struct ef_riscv_dump *d)
{
	if (d->stack == NULL)
		d->stack = malloc(EF_DUMP_STACK_MAX);
	return d->stack != NULL;
}

/* "3fc9f1d0: 0x00000000 0x4200abcd ...", which must follow the addresses collected so far. */
static bool take_stack(struct ef_riscv_dump *d, const char *line, size_t len)
{
	struct ef_addr_text a;
	size_t at = 8, had = d->stack_len;
	uint32_t addr;

	if (len < 10 || ef_hex_at(line, 8, &addr) != 8 || line[8] != ':' || !has_stack(d))
		return false;
	if (d->stack_len == 0)
		d->stack_addr = addr;
	if (addr != d->stack_addr + d->stack_len)
		return false;
	while (ef_addr_next(line, len, &at, &a) && d->stack_len <= EF_DUMP_STACK_MAX - 4) {
		ef_put_le32(d->stack + d->stack_len, a.value);
		d->stack_len += 4;
	}
	return d->stack_len > had;
}

/* "<pc> <stack>": hexadecimal digits without 0x. */
static bool take_whole(struct ef_riscv_dump *d, const char *p, size_t left)
{
	size_t n = ef_hex_at(p, left, &d->state.pc);

	if (n == 0 || n >= left || p[n] != ' ' || !has_stack(d))
		return false;
	p += n + 1;
	left -= n + 1;
	while (left >= 2 && d->stack_len < EF_DUMP_STACK_MAX) {
		int high = ef_digit_value(p[0]), low = ef_digit_value(p[1]);

		if (high < 0 || low < 0)
			break;
		d->stack[d->stack_len++] = (uint8_t)(high << 4 | low);
		p += 2;
		left -= 2;
	}
	d->has_pc = d->is_stack = true;
	d->state.is_return = true;
	d->stack_addr = NOWHERE;
	set_reg(d, EF_RISCV_SP, NOWHERE);
	return d->stack_len > 0;
}

enum ef_dump_line ef_dump_take(struct ef_riscv_dump *d, const char *line, size_t len)
{
	static const char whole[] = "STACKDUMP: ";

	if (ef_text_starts(line, len, whole)) {
		ef_dump_reset(d);
		if (take_whole(d, line + sizeof(whole) - 1, len - (sizeof(whole) - 1)))
			return EF_DUMP_WHOLE;
		ef_dump_reset(d);
		return EF_DUMP_OTHER;
	}
	if (ef_find_text(line, len, " register dump:")) {
		ef_dump_reset(d);
		d->is_registers = true;
		return EF_DUMP_REGISTERS;
	}
	if (!d->is_registers)
		return EF_DUMP_OTHER;
	if (ef_text_starts(line, len, "Stack memory:")) {
		d->is_stack = true;
		return EF_DUMP_STACK;
	}
	if (d->is_stack)
		return take_stack(d, line, len) ? EF_DUMP_STACK : EF_DUMP_OTHER;
	return take_registers(d, line, len) ? EF_DUMP_REGISTERS : EF_DUMP_OTHER;
}

bool ef_dump_is_complete(const struct ef_riscv_dump *d)
{
	return d->has_pc && d->is_stack && d->stack_len >= 4 &&
	       (d->state.known & 1u << EF_RISCV_SP);
}

void ef_dump_reset(struct ef_riscv_dump *d)
{
	uint8_t *stack = d->stack;

	*d = (struct ef_riscv_dump){ .stack = stack };
}

void ef_dump_release(struct ef_riscv_dump *d)
{
	free(d->stack);
	*d = (struct ef_riscv_dump){ .stack = NULL };
}
