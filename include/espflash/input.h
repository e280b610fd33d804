/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Reads what a build or a download left, and returns what belongs in flash: a build folder, a list
 * of files, an archive, a merged image. The form is recognized by content. Nothing here does I/O:
 * the caller passes a function that opens files by name.
 */
#ifndef ESPFLASH_INPUT_H
#define ESPFLASH_INPUT_H

#include <espflash/chip.h>
#include <espflash/plan.h>

EF_API_BEGIN

#define EF_INPUT_PARTS_MAX 256
/** Bytes of a file's name with its folders, NUL included. */
#define EF_INPUT_NAME_SIZE 256

/**
 * The files around a thing. Names are relative to its folder, with slashes, and never leave it
 * (unless ef_input_opts.allows_outside). Content stays valid until ef_input_release.
 */
struct ef_input_files {
	void *user; /**< passed to the functions */
	/** Errors: INPUT (there is no such file), IO. */
	bool (*read)(void *user, const char *name, const uint8_t **ret, size_t *ret_len,
		     struct ef_err *err);
	bool (*exists)(void *user, const char *name);
	/**
	 * Returns the i-th name in the folder ("": the thing's own), "/" at its end if it is a
	 * folder; NULL: there are no more. The text is valid until the next call.
	 */
	const char *(*list)(void *user, const char *folder, size_t i);
	/**
	 * Announces that the thing's parts are in this folder, which may be a link to a trusted
	 * place elsewhere. NULL: folders are not links. Error: INPUT (the place is not trusted).
	 */
	bool (*enter)(void *user, const char *folder, struct ef_err *err);
};

struct ef_input_opts {
	const struct ef_chip *chip; /**< the user's; NULL: any */
	/** which of a project's environments to take; NULL: its default */
	const char *environment;
	bool fills_gaps;     /**< write even the FF of a merged file that nothing needs */
	bool keeps_fs;       /**< leave out file systems */
	bool allows_outside; /**< files may be outside the thing's folder */
};

struct ef_input_part {
	uint32_t addr; /**< flash offset; 0 if the part is not placed */
	const uint8_t *data;
	uint32_t len;
	enum ef_role role;
	char name[32];                   /**< "bootloader", a partition's name: for people */
	char origin[EF_INPUT_NAME_SIZE]; /**< the file, as the thing names it; "": none */
	bool is_encrypted; /**< the build wants it encrypted where flash encryption is on */
	bool is_app;       /**< not placed: belongs into the app slot that the chip starts */
};

/** A range that a file has, but that is not written: its content is blank there. */
struct ef_input_gap {
	uint32_t addr, len;
	char name[32]; /**< the partition's name; "": none */
};
#define EF_INPUT_GAPS_MAX 16

/** Flash settings for the bootloader's header. 0: as the file has it. */
struct ef_input_settings {
	int mode_plus; /**< enum ef_flash_mode + 1 */
	uint16_t freq_mhz;
	uint32_t size;   /**< bytes */
	bool finds_size; /**< the size of the chip's flash */
};

struct ef_input {
	const char *format;         /**< "an ESP-IDF build"; static text */
	char name[64];              /**< the project's; "": unknown */
	const struct ef_chip *chip; /**< NULL: the thing names none */
	struct ef_input_settings settings;
	char before[24], after[24];   /**< "default-reset", "hard-reset": esptool's names; "" */
	bool no_stub;                 /**< the build wants the ROM loader */
	char elf[EF_INPUT_NAME_SIZE]; /**< the app's ELF among the files; "": none */
	struct ef_input_part *parts;  /**< by address; those without a place are last */
	size_t part_count;
	/**
	 * The address of the partition table among the parts; 0: there is none. EF_PLAN_NO_TABLE:
	 * the firmware starts without one.
	 */
	uint32_t table_offset;
	struct ef_input_gap gaps[EF_INPUT_GAPS_MAX];
	size_t gap_count, gaps_left_out;
	void **owned; /**< private */
	size_t owned_count;
	uint64_t owned_len;
};

/**
 * Recognize and read a thing. name: of the file, without folders; data: its content, NULL for
 * a folder. *ret borrows from the files' content, and is empty on failure. Errors: INPUT (the
 * message names the thing's part), UNSUPP, IO.
 */
bool ef_input_open(const char *name, const uint8_t *data, size_t len,
		   const struct ef_input_files *files, const struct ef_input_opts *opts,
		   struct ef_input *ret, struct ef_err *err) EF_MUST_CHECK;
/**
 * Return whether this is a thing that ef_input_open reads. False for an ELF and for content of
 * unknown form. files may be NULL if data isn't.
 */
bool ef_input_is_known(const uint8_t *data, size_t len, const struct ef_input_files *files);
/** A file and its place. */
struct ef_input_pair {
	uint32_t addr;
	const uint8_t *data;
	size_t len;
	const char *file; /**< its path */
};
/**
 * Do the same for files with their addresses, as esptool takes them. A HEX file contains its
 * addresses, so the address given for it is ignored. *ret borrows from the files' content. Errors:
 * INPUT, UNSUPP, IO.
 */
bool ef_input_from_pairs(const struct ef_input_pair *pairs, size_t count,
			 const struct ef_input_opts *opts, struct ef_input *ret,
			 struct ef_err *err) EF_MUST_CHECK;
/** Accepts an empty one, and may be called twice. */
void ef_input_release(struct ef_input *in);

EF_API_END
#endif
