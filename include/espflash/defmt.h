/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Decodes defmt, the deferred formatting of Rust firmware. The format strings stay in the ELF, the
 * chip sends indices and arguments, and this decoder puts them together. No I/O: bytes in, records
 * out.
 */
#ifndef ESPFLASH_DEFMT_H
#define ESPFLASH_DEFMT_H

#include <stddef.h>
#include <stdint.h>

#include <espflash/err.h>

EF_API_BEGIN

enum ef_defmt_level {
	EF_DEFMT_PRINT, /**< println!, which has no level */
	EF_DEFMT_TRACE,
	EF_DEFMT_DEBUG,
	EF_DEFMT_INFO,
	EF_DEFMT_WARN,
	EF_DEFMT_ERROR,
};

/** One message. Strings belong to the decoder and are valid only during the call. */
struct ef_defmt_record {
	enum ef_defmt_level level;
	const char *timestamp;             /**< as the program formats it; "": none */
	const char *message;               /**< no control characters but newline and tab */
	const char *crate, *module, *file; /**< "": unknown */
	uint32_t line;                     /**< 0: unknown */
};

/** Receives the contents of a stream in their order. Any function may be NULL. */
struct ef_defmt_sink {
	void (*record)(void *user, const struct ef_defmt_record *record);
	/** Receives the text between frames, unchanged. */
	void (*text)(void *user, const uint8_t *data, size_t len);
	/** Receives a message about a frame that can't be decoded. A wrong ELF is reported once. */
	void (*problem)(void *user, const char *what);
	void *user;
};

struct ef_defmt;

/**
 * Return whether a file is an ELF with defmt data: the program may log frames, which ef_defmt_open
 * explains. A caller decides by this if its user names no format.
 */
bool ef_defmt_is_in(const uint8_t *elf, size_t len);

/**
 * Open a decoder for the frames of an ELF, which is borrowed and must outlive it.
 * In a build without libdw, records have no module, file and line. On failure *ret
 * is untouched. Errors: INPUT (no ELF, no defmt data, an unknown version, damaged
 * names), IO (memory).
 */
bool ef_defmt_open(const uint8_t *elf, size_t len, struct ef_defmt **ret,
		   struct ef_err *err) EF_MUST_CHECK;
/** Accepts NULL. */
void ef_defmt_close(struct ef_defmt *d);

/**
 * Feed a piece of the stream, of any size. Frames are FF 00 <frame> 00 as in espflash;
 * anything else is text.
 */
void ef_defmt_feed(struct ef_defmt *d, const uint8_t *data, size_t len,
		   const struct ef_defmt_sink *sink);
/** Tell the decoder that the stream pauses or ends. Text that it held back goes to the sink. */
void ef_defmt_flush(struct ef_defmt *d, const struct ef_defmt_sink *sink);

/** A parsed output format: "oneline", "full", or a template in defmt-print's language. */
struct ef_defmt_format;
/** text NULL means oneline. Errors: USAGE (with the place of the mistake), IO (memory). */
bool ef_defmt_format_parse(const char *text, struct ef_defmt_format **ret,
			   struct ef_err *err) EF_MUST_CHECK;
/** Accepts NULL. */
void ef_defmt_format_free(struct ef_defmt_format *format);
/**
 * Write the record as a line without newline, cut to cap - 1 bytes. has_color allows
 * SGR sequences for colours and styles. Returns the length.
 */
size_t ef_defmt_format_write(const struct ef_defmt_format *format,
			     const struct ef_defmt_record *record, bool has_color, char *ret,
			     size_t cap);

EF_API_END
#endif
