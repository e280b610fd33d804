/* SPDX-License-Identifier: MIT */
/*
 * A program that crashes some calls deep, in ways that make unwinding hard,
 * and then dumps itself in the words of ESP-IDF's panic handler. Which crash:
 * CRASH at compile time.
 */
#include <stdint.h>

#define UART ((volatile uint8_t *)0x10000000)

extern char stack_top[];
volatile uint32_t sink;

static void put(const char *text)
{
	while (*text)
		*UART = (uint8_t)*text++;
}

static void hex(uint32_t value)
{
	for (int shift = 28; shift >= 0; shift -= 4)
		*UART = (uint8_t)"0123456789abcdef"[value >> shift & 15];
}

void dump(const uint32_t *reg)
{
	static const char names[] =
		"MEPC    RA      SP      GP      TP      T0      T1      T2      "
		"S0/FP   S1      A0      A1      A2      A3      A4      A5      "
		"A6      A7      S2      S3      S4      S5      S6      S7      "
		"S8      S9      S10     S11     T3      T4      T5      T6      ";
	uint32_t sp = reg[2];

	put("Core  0 register dump:");
	for (int i = 0; i < 32; i++) {
		if (i % 4 == 0)
			put("\r\n");
		for (int k = 0; k < 8; k++)
			*UART = (uint8_t)names[i * 8 + k];
		put(": 0x");
		hex(reg[i]);
		put("  ");
	}
	put("\r\n\r\nStack memory:\r\n");
	for (uint32_t at = sp; at < sp + 1024 && at < (uint32_t)stack_top; at += 32) {
		hex(at);
		put(": ");
		for (uint32_t k = 0; k < 32; k += 4) {
			put("0x");
			hex(*(uint32_t *)(at + k));
			put(k == 28 ? "\r\n" : " ");
		}
	}
	put("\r\n\r\nELF file SHA256: 0123456789abcdef\r\n\r\nRebooting...\r\n");
	*(volatile uint32_t *)0x100000 = 0x5555; /* the board's power switch */
}

__attribute__((noinline)) void fault(uint32_t depth)
{
#if CRASH == 2
	/* to where no code is */
	((void (*)(uint32_t))(uintptr_t)(0x30000000 + depth))(depth);
#else
	__asm__ volatile(".globl crash\ncrash: unimp");
#endif
	sink = depth;
}

static inline __attribute__((always_inline)) void inlined(uint32_t depth)
{
	sink = depth;
	fault(depth + 1);
	sink = depth + 2;
}

/* A frame as large as its argument says: its end is only known by the frame pointer. */
__attribute__((noinline)) uint32_t variable(uint32_t n)
{
	volatile uint8_t room[n];

	for (uint32_t i = 0; i < n; i++)
		room[i] = (uint8_t)i;
	inlined(n);
	return room[n - 1];
}

__attribute__((noinline)) uint32_t recurse(uint32_t n)
{
	uint32_t result = n ? recurse(n - 1) * 3 : variable(40);

	sink = result;
	return result + n;
}

/* Many registers saved. */
__attribute__((noinline)) uint32_t busy(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	uint32_t r = recurse(3);

	sink = a;
	r += recurse(a + b);
	sink = b + c;
	r += recurse(b * c) + d;
	sink = a * d;
	return r + a + b + c + d;
}

__attribute__((noinline)) uint32_t callback(uint32_t (*f)(uint32_t, uint32_t, uint32_t, uint32_t))
{
	return f(1, 2, 3, 4) + sink;
}

int main(void)
{
	sink = callback(busy);
	return (int)sink;
}
