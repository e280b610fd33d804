/* SPDX-License-Identifier: MIT */
/**
 * @file
 * defmt: the deferred formatting of Rust firmware. Format strings stay in the
 * ELF, the chip sends indices and arguments; this turns them into text.
 * No I/O: bytes in, records out.
 */
#ifndef ESPFLASH_DEFMT_H
#define ESPFLASH_DEFMT_H

#include <stddef.h>
#include <stdint.h>

#include <espflash/err.h>

#ifdef __cplusplus
extern "C" {
#endif

enum ef_defmt_level {
	EF_DEFMT_PRINT, /**< println!: no level */
	EF_DEFMT_TRACE,
	EF_DEFMT_DEBUG,
	EF_DEFMT_INFO,
	EF_DEFMT_WARN,
	EF_DEFMT_ERROR,
};

/** One message. Strings belong to the decoder and are valid during the call only. */
struct ef_defmt_record {
	enum ef_defmt_level level;
	const char *timestamp;             /**< as the program formats it; "" none */
	const char *message;               /**< cleaned of control characters but newline and tab */
	const char *crate, *module, *file; /**< "" unknown */
	uint32_t line;                     /**< 0 unknown */
};

/** What the stream is made of, in its order. */
struct ef_defmt_sink {
	void (*record)(void *user, const struct ef_defmt_record *record);
	/** Plain text between frames (espflash's framing only). */
	void (*text)(void *user, const uint8_t *data, size_t len);
	/** A frame that can't be decoded, in words; a wrong ELF is said once. */
	void (*problem)(void *user, const char *what);
	void *user;
};

struct ef_defmt;

/** Whether an ELF holds defmt data at all. */
bool ef_defmt_is_in(const uint8_t *elf, size_t len);

/**
 * Read the symbol table of an ELF (borrowed: must outlive the decoder).
 * Errors: INPUT (no defmt data, a version that this doesn't know, damaged
 * names), IO. Locations need libdw in the build; without it they are "".
 */
bool ef_defmt_open(const uint8_t *elf, size_t len, struct ef_defmt **ret,
		   struct ef_err *err) EF_MUST_CHECK;
void ef_defmt_close(struct ef_defmt *d);

/** espflash's framing: FF 00 <frame> 00, anything else is text. Any split of the stream. */
void ef_defmt_feed(struct ef_defmt *d, const uint8_t *data, size_t len,
		   const struct ef_defmt_sink *sink);
/** The stream pauses or ends: text that is held back goes out. */
void ef_defmt_flush(struct ef_defmt *d, const struct ef_defmt_sink *sink);

/** A parsed --output-format ("oneline", "full" or defmt-print's template language). */
struct ef_defmt_format;
/** USAGE, naming the place. text NULL: oneline. */
bool ef_defmt_format_parse(const char *text, struct ef_defmt_format **ret,
			   struct ef_err *err) EF_MUST_CHECK;
void ef_defmt_format_free(struct ef_defmt_format *format);
/**
 * The record as a line without newline, cut to cap - 1; colours by level and
 * style where has_color. Returns its length.
 */
size_t ef_defmt_format_write(const struct ef_defmt_format *format,
			     const struct ef_defmt_record *record, bool has_color, char *ret,
			     size_t cap);

#ifdef __cplusplus
}
#endif
#endif
