/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The error record, its codes, and the functions that fill it.
 *
 * Every function of this library that can fail returns bool and takes a
 * `struct ef_err *` as its last argument, which is never NULL. On failure it
 * returns false and has filled the record exactly once; on success it leaves
 * the record untouched. The caller owns the record; nothing in it is
 * allocated. The code of an error exists only in the record.
 */
#ifndef ESPFLASH_ERR_H
#define ESPFLASH_ERR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include <espflash/hint.h>

EF_API_BEGIN

#if defined(__GNUC__)
#define EF_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define EF_MUST_CHECK        __attribute__((warn_unused_result))
#else
#define EF_PRINTF(fmt, args)
#define EF_MUST_CHECK
#endif

/**
 * The one list of error codes: name, an exit status for a program that ends
 * with this error, meaning.
 */
#define EF_ERR_LIST(X)                                                                             \
	X(USAGE, 2, "bad command line")                                                            \
	X(PORT, 3, "port missing, busy or not permitted")                                          \
	X(TIMEOUT, 4, "chip did not answer")                                                       \
	X(PROTOCOL, 5, "chip refused, or answered nonsense")                                       \
	X(INPUT, 6, "input file malformed or unsuitable")                                          \
	X(VERIFY, 7, "flash differs from what was written")                                        \
	X(UNSUPP, 8, "not possible on this chip or host")                                          \
	X(IO, 9, "host file or memory error")                                                      \
	X(NOT_STARTED, 10, "the app did not start; what had to be written is written")             \
	X(FAIL_SEEN, 11, "the log had a line that means failure")                                  \
	X(PANIC, 12, "the firmware crashed")                                                       \
	X(BOOT_LOOP, 13, "the chip restarts again and again")                                      \
	X(TIME_UP, 14, "the time limit passed")                                                    \
	X(UNMET, 15, "the monitor was left before what it waits for was seen")                     \
	X(UNPROVEN, 16, "nothing proves that the reset had an effect")                             \
	X(NOT_DOWNLOAD, 20, "the chip runs, but not in download mode")                             \
	X(WIRING, 21, "one direction of the line is dead, or crossed")                             \
	X(NOISE, 22, "the line garbles what is sent")                                              \
	X(POWER, 23, "the chip resets by itself")                                                  \
	X(INTR, 130, "interrupted")

enum ef_code {
	EF_OK = 0,
#define EF_ERR_ENUM(name, exit_status, meaning) EF_E_##name,
	EF_ERR_LIST(EF_ERR_ENUM)
#undef EF_ERR_ENUM
		EF_CODE_COUNT
};

/** How an exchange with the chip failed. Recovery decides by it. */
enum ef_fault_kind {
	EF_FAULT_NONE,    /**< nothing that another try could mend */
	EF_FAULT_SILENT,  /**< no answer, and none to a SYNC sent after it: no loader is there */
	EF_FAULT_LOST,    /**< no answer, but the loader may still be there: bytes got lost */
	EF_FAULT_GARBLED, /**< an answer that no loader gives */
	EF_FAULT_DIFFERS, /**< content that is not what it should be */
	EF_FAULT_REFUSED, /**< a failure status; the fields below say which */
	EF_FAULT_PORT_GONE,
};

/**
 * How far a refusal can be trusted. Each value suggests more strongly than the one before that the
 * line damaged the request.
 */
enum ef_refusal {
	EF_REFUSAL_MEANT,       /**< the loader understood the request and refuses it */
	EF_REFUSAL_UNSUPPORTED, /**< a mask ROM's word for unknown and malformed commands alike */
	EF_REFUSAL_UNCERTAIN,   /**< lost or damaged bytes have the same effect */
	EF_REFUSAL_DAMAGED,     /**< wrong checksum or length: the loader did nothing */
};

struct ef_fault {
	enum ef_fault_kind kind;
	uint8_t status, reason;  /**< REFUSED: the two status bytes */
	enum ef_refusal refusal; /**< REFUSED: how far they can be trusted */
};

/** Includes the terminating NUL. Longer text is cut. */
#define EF_ERR_MSG_SIZE 512

struct ef_err {
	enum ef_code code;
	/** ef_fail derives the kind from the code; rom.h's commands fill in refusals. */
	struct ef_fault fault;
	char msg[EF_ERR_MSG_SIZE]; /**< what failed: lower case, no full stop */
	struct ef_hint hint;       /**< the remedy, where it is known: see hint.h */
};

/** A record with no error in it. */
#define EF_ERR_INIT                                                                                \
	{                                                                                          \
		EF_OK, { EF_FAULT_NONE, 0, 0, EF_REFUSAL_MEANT }, "",                              \
		{                                                                                  \
			EF_HINT_NONE, { 0, 0 }, ""                                                 \
		}                                                                                  \
	}

/**
 * Fill the record. Control characters in the formatted text (it may quote a
 * device or a file) are replaced by '?'.
 * In debug builds a record that already holds an error is a failed assertion:
 * overwriting a lower error is a bug.
 * @return always false, so that `return ef_fail(err, ...)` is the idiom.
 */
bool ef_fail(struct ef_err *err, enum ef_code code, const char *fmt, ...) EF_PRINTF(3, 4);
bool ef_vfail(struct ef_err *err, enum ef_code code, const char *fmt, va_list ap) EF_PRINTF(3, 0);

/** Put "context: " before the message. At most once a layer. Always false. */
bool ef_context(struct ef_err *err, const char *fmt, ...) EF_PRINTF(2, 3);

/**
 * Set the hint; each of these replaces one that a lower layer set, and is
 * always false. ef_hint_set is for hints without facts, ef_hint_text for those
 * with a text, ef_hint_numbers for those with numbers (0 where there is one).
 */
bool ef_hint_set(struct ef_err *err, enum ef_hint_id id);
bool ef_hint_text(struct ef_err *err, enum ef_hint_id id, const char *text);
bool ef_hint_numbers(struct ef_err *err, enum ef_hint_id id, uint32_t first, uint32_t second);
/** Set EF_HINT_OWN: a hint in the words of a program on top of the library. Always false. */
bool ef_hint_own(struct ef_err *err, const char *fmt, ...) EF_PRINTF(2, 3);

/*
 * Compilers and analysers can't see into the library. These macros show them that the result is
 * always false, so that they follow error paths correctly.
 */
static inline bool ef_false(void)
{
	return false;
}
#define ef_fail(...)         ((void)ef_fail(__VA_ARGS__), ef_false())
#define ef_context(...)      ((void)ef_context(__VA_ARGS__), ef_false())
#define ef_hint_set(...)     ((void)ef_hint_set(__VA_ARGS__), ef_false())
#define ef_hint_text(...)    ((void)ef_hint_text(__VA_ARGS__), ef_false())
#define ef_hint_numbers(...) ((void)ef_hint_numbers(__VA_ARGS__), ef_false())
#define ef_hint_own(...)     ((void)ef_hint_own(__VA_ARGS__), ef_false())

/** Empty the record, on purpose: say why beside the call. */
void ef_err_clear(struct ef_err *err);

/** "TIMEOUT" and so on; "OK" for EF_OK. Never NULL. */
const char *ef_code_name(enum ef_code code);
/** Return the third column of EF_ERR_LIST. Never NULL. */
const char *ef_code_meaning(enum ef_code code);
/** Return the second column of EF_ERR_LIST; 0 for EF_OK. */
int ef_code_exit_status(enum ef_code code);

EF_API_END
#endif
