/* SPDX-License-Identifier: MIT */
/*
 * Writes an ESP32-C3 ELF of a given size for measurements: the app of an
 * ESP-IDF project in its sections, a symbol table, and debug information up
 * to the size. The bytes are pseudo-random, so they don't compress.
 *
 *   make-elf debug|code BYTES FILE
 *
 * debug: 384 KiB of program, the rest debug information, as in practice.
 * code: all of it program, the worst that can come.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KIB      1024u
#define SYMBOLS  8000u
#define NAME_LEN 48u

struct section {
	const char *name;
	uint32_t type, flags, addr, size, link;
};

enum { APPDESC, RODATA, IRAM, DRAM, TEXT, DEBUG, SYMTAB, STRTAB, SHSTRTAB, COUNT };

static uint32_t state = 1;

static uint8_t next(void)
{
	state = state * 1664525u + 1013904223u;
	return (uint8_t)(state >> 24);
}

static void put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static void fill_appdesc(uint8_t *p)
{
	memset(p, 0, 256);
	put32(p, 0xabcd5432);
	memcpy(p + 16, "1.0.0", 6);
	memcpy(p + 48, "bench", 6);
	p[178] = p[179] = 0xff;
	p[180] = 16;
}

/* Names as long as Rust's; one of them is the symbol that is looked for. */
static void fill_symbols(uint8_t *symbols, uint8_t *strings)
{
	memset(symbols, 0, SYMBOLS * 16);
	memset(strings, 0, SYMBOLS * NAME_LEN);
	for (uint32_t i = 1; i < SYMBOLS; i++) {
		char *name = (char *)strings + i * NAME_LEN;

		snprintf(name, NAME_LEN,
			 i == SYMBOLS / 2 ? "esp_app_desc"
					  : "_ZN4core3fmt9Formatter17h%08" PRIx32 "E",
			 i);
		put32(symbols + i * 16, i * NAME_LEN);
		put32(symbols + i * 16 + 4, 0x42000020 + i * 16);
		symbols[i * 16 + 12] = 0x12;
		symbols[i * 16 + 14] = TEXT + 1;
	}
}

static void plan(struct section *s, int is_code, uint32_t total)
{
	const uint32_t symbols = SYMBOLS * 16, strings = SYMBOLS * NAME_LEN, rest = 64 * KIB;
	uint32_t room = total - symbols - strings - rest - 4 * KIB;
	uint32_t rodata = is_code ? room / 4 : 96 * KIB, text = is_code ? room - rodata : 224 * KIB;
	uint32_t debug = is_code ? 0 : room - rodata - text;
	uint32_t pages = (rodata + 0x1ffff) & ~0xffffu; /* code starts on a page of its own */

	s[APPDESC] = (struct section){ ".flash.appdesc", 1, 2, 0x3c000020, 256, 0 };
	s[RODATA] = (struct section){ ".flash.rodata", 1, 2, 0x3c000120, rodata & ~3u, 0 };
	s[IRAM] = (struct section){ ".iram0.text", 1, 6, 0x40380000, 48 * KIB, 0 };
	s[DRAM] = (struct section){ ".dram0.data", 1, 3, 0x3fc8c000, 16 * KIB, 0 };
	s[TEXT] = (struct section){ ".flash.text", 1, 6, 0x42000020 + pages, text & ~3u, 0 };
	s[DEBUG] = (struct section){ ".debug_info", 1, 0, 0, debug, 0 };
	s[SYMTAB] = (struct section){ ".symtab", 2, 0, 0, symbols, STRTAB + 1 };
	s[STRTAB] = (struct section){ ".strtab", 3, 0, 0, strings, 0 };
	s[SHSTRTAB] = (struct section){ ".shstrtab", 3, 0, 0, 256, 0 };
}

/* ELF header, contents, section headers. */
static uint32_t build(uint8_t *file, const struct section *s)
{
	static const uint8_t ident[] = { 0x7f, 'E', 'L', 'F', 1, 1, 1 };
	uint32_t off = 52, name = 1;
	uint8_t *at[COUNT], *h;

	for (int i = 0; i < COUNT; i++) {
		at[i] = file + off;
		for (uint32_t k = 0; k < s[i].size; k++)
			at[i][k] = next();
		off += s[i].size;
	}
	fill_appdesc(at[APPDESC]);
	fill_symbols(at[SYMTAB], at[STRTAB]);
	memset(at[SHSTRTAB], 0, s[SHSTRTAB].size);
	memcpy(file, ident, sizeof(ident));
	put32(file + 16, 0x00f30002); /* EXEC, RISC-V */
	put32(file + 20, 1);
	put32(file + 24, s[IRAM].addr);
	put32(file + 32, off);
	file[40] = 52;
	file[46] = 40;
	file[48] = COUNT + 1;
	file[50] = COUNT;
	memset(file + off, 0, 40);
	for (int i = 0; i < COUNT; i++) {
		h = file + off + 40 * (i + 1);
		memset(h, 0, 40);
		put32(h, name);
		put32(h + 4, s[i].type);
		put32(h + 8, s[i].flags);
		put32(h + 12, s[i].addr);
		put32(h + 16, (uint32_t)(at[i] - file));
		put32(h + 20, s[i].size);
		put32(h + 24, s[i].link);
		memcpy(at[SHSTRTAB] + name, s[i].name, strlen(s[i].name));
		name += (uint32_t)strlen(s[i].name) + 1;
	}
	return off + 40 * (COUNT + 1);
}

int main(int argc, char **argv)
{
	struct section sections[COUNT];
	unsigned long total;
	uint8_t *file;
	uint32_t len;
	FILE *f;

	if (argc != 4 || (strcmp(argv[1], "debug") && strcmp(argv[1], "code"))) {
		fputs("usage: make-elf debug|code BYTES FILE\n", stderr);
		return 2;
	}
	total = strtoul(argv[2], NULL, 0);
	if (total < 1024ul * KIB || total > 8ul * 1024 * KIB) {
		fputs("make-elf: 1 to 8 MiB\n", stderr);
		return 2;
	}
	file = calloc(1, total);
	f = fopen(argv[3], "wb");
	if (file == NULL || f == NULL) {
		fprintf(stderr, "make-elf: %s: %s\n", argv[3], strerror(errno));
		return 1;
	}
	plan(sections, argv[1][0] == 'c', (uint32_t)total);
	len = build(file, sections);
	if (fwrite(file, 1, len, f) != len || fclose(f) != 0) {
		fprintf(stderr, "make-elf: %s: %s\n", argv[3], strerror(errno));
		return 1;
	}
	free(file);
	return 0;
}
