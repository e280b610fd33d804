/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Addresses into names and source lines, and the addresses in a chip's log:
 * Xtensa backtraces, RISC-V panic dumps unwound by their frame information.
 * No I/O: bytes in, text out.
 */
#ifndef ESPFLASH_SYMBOLS_H
#define ESPFLASH_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

#include <espflash/err.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- one address ---- */

/** Where code is. Strings belong to the symbols; "" unknown. */
struct ef_location {
	const char *function; /**< demangled (C++ and Rust) */
	const char *file;
	uint32_t offset;       /**< from the start of the function; 0 in inlined frames */
	uint32_t line, column; /**< 0 unknown */
	bool is_inlined;       /**< inlined into the next one */
	bool is_rom;           /**< from a ROM ELF */
};

struct ef_symbols;

struct ef_symbols_elf {
	const uint8_t *data; /**< the whole ELF; must outlive the symbols */
	size_t len;
	const char *name; /**< for messages */
	bool is_rom;
};

/**
 * Several ELFs: application first, others (a second application, ROM) after;
 * the first that knows an address wins. Without libdw in the build only
 * function names are known (ef_symbols_has_lines). Errors: INPUT, IO.
 */
bool ef_symbols_open(const struct ef_symbols_elf *elf, size_t count, struct ef_symbols **ret,
		     struct ef_err *err) EF_MUST_CHECK;
/** Accepts NULL. */
void ef_symbols_close(struct ef_symbols *s);
/** Whether this build reads source lines (DWARF) at all. */
bool ef_symbols_has_lines(void);

#define EF_LOCATIONS_MAX 16
/**
 * What is at an address: the innermost inlined function first, the function
 * itself last. 0: not code of any of the ELFs.
 */
size_t ef_symbols_find(struct ef_symbols *s, uint32_t addr, struct ef_location *ret, size_t cap);

/* ---- a log with addresses in it ---- */

struct ef_decoder;

struct ef_decoder_opts {
	struct ef_symbols *symbols; /**< NULL: nothing is resolved, hashes are still compared */
	bool all_addresses;         /**< resolve what looks like an address but may mislead, too */
	bool no_addresses;          /**< resolve nothing */
	/**
	 * SHA-256 of the application's ELF file, to compare with the one in the log; borrowed;
	 * NULL: none. Of several applications: one after the other, and how many; 0 is 1.
	 */
	const uint8_t *elf_sha256;
	size_t elf_sha256_count;
};

/** One line to be shown after the chip's own, without newline. */
typedef void ef_decoder_sink(void *user, const char *line);

bool ef_decoder_open(const struct ef_decoder_opts *opts, ef_decoder_sink *sink, void *user,
		     struct ef_decoder **ret, struct ef_err *err) EF_MUST_CHECK;
void ef_decoder_close(struct ef_decoder *d);
/**
 * Feed one complete line of the log (no line ending, any bytes). Lines for
 * it go to the sink before this returns; a register and stack dump is unwound
 * when its end is seen. Never fails: what can't be decoded is left alone.
 */
void ef_decoder_line(struct ef_decoder *d, const char *line, size_t len);
/**
 * The log pauses or ends: a dump that is complete enough is unwound now. It may go on: what
 * was out of reach then is tried again.
 */
void ef_decoder_flush(struct ef_decoder *d);

#ifdef __cplusplus
}
#endif
#endif
