/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Translates addresses into function names and source lines, and explains the
 * addresses in a chip's log: it names Xtensa backtraces and unwinds RISC-V panic
 * dumps by the frame information of the ELF. No I/O: bytes in, text out.
 */
#ifndef ESPFLASH_SYMBOLS_H
#define ESPFLASH_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

#include <espflash/err.h>

EF_API_BEGIN

/* ---- one address ---- */

/** The source of an address. Strings belong to the symbols; "": unknown. */
struct ef_location {
	const char *function; /**< demangled (C++ and Rust) */
	const char *file;
	uint32_t offset;       /**< bytes from the start of the function; 0 if inlined */
	uint32_t line, column; /**< 0: unknown */
	bool is_inlined;       /**< the function was inlined into the next location's */
	bool is_rom;           /**< found in a ROM ELF */
};

struct ef_symbols;

struct ef_symbols_elf {
	const uint8_t *data; /**< the whole file; must outlive the symbols */
	size_t len;
	const char *name; /**< for messages */
	bool is_rom;
};

/**
 * Open several ELFs, the application first, then others (a second application,
 * the ROM). The first that has code at an address names it. A build without
 * libdw finds function names only, see ef_symbols_has_lines(). Symbol tables and
 * DWARF are read at the first address. On failure *ret is untouched. Errors:
 * INPUT (with the ELF's name), IO (memory).
 */
bool ef_symbols_open(const struct ef_symbols_elf *elf, size_t count, struct ef_symbols **ret,
		     struct ef_err *err) EF_MUST_CHECK;
/** Accepts NULL. */
void ef_symbols_close(struct ef_symbols *s);
/** Return whether this build can read source lines (DWARF). */
bool ef_symbols_has_lines(void);

#define EF_LOCATIONS_MAX 16
/**
 * Find the source of an address: the innermost inlined function first, the
 * function that contains the address last. Returns how many locations were
 * stored, at most cap; 0: no ELF has code there. s may be NULL. The strings stay
 * valid until the next call.
 */
size_t ef_symbols_find(struct ef_symbols *s, uint32_t addr, struct ef_location *ret, size_t cap);

/* ---- a log with addresses in it ---- */

struct ef_decoder;

struct ef_decoder_opts {
	struct ef_symbols *symbols; /**< borrowed; NULL: resolve nothing, but compare hashes */
	bool all_addresses;         /**< also resolve numbers that are probably no code */
	bool no_addresses;          /**< resolve nothing */
	/**
	 * SHA-256 of the application's ELF file, to compare with the one in the log. Borrowed;
	 * NULL: none. For several applications, 32 bytes each without gaps.
	 */
	const uint8_t *elf_sha256;
	size_t elf_sha256_count; /**< how many; 0 means 1 */
};

/** Receives one line that explains the chip's line, without newline. */
typedef void ef_decoder_sink(void *user, const char *line);

/** Copies *opts. Errors: IO (memory). */
bool ef_decoder_open(const struct ef_decoder_opts *opts, ef_decoder_sink *sink, void *user,
		     struct ef_decoder **ret, struct ef_err *err) EF_MUST_CHECK;
/** Accepts NULL. */
void ef_decoder_close(struct ef_decoder *d);
/**
 * Feed one complete line of the log, without its line ending; any bytes are
 * allowed. Explanations go to the sink before this returns. A register and stack
 * dump is unwound when its end is seen. This never fails: lines that it does not
 * understand get no explanation.
 */
void ef_decoder_line(struct ef_decoder *d, const char *line, size_t len);
/**
 * Tell the decoder that the log pauses or ends. If a dump is complete enough, it is unwound now. If
 * more of its stack comes later, it is unwound again.
 */
void ef_decoder_flush(struct ef_decoder *d);

EF_API_END
#endif
