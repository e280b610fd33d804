/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The vocabulary of the loaders' protocol: opcodes, requests, replies, status
 * bytes, timeouts. Pure facts and functions; rom.h moves the bytes.
 */
#ifndef ESPFLASH_ROM_WIRE_H
#define ESPFLASH_ROM_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include <espflash/err.h>

EF_API_BEGIN

/** Opcode list: name, number. */
#define EF_OP_LIST(X)                                                                              \
	X(FLASH_BEGIN, 0x02)                                                                       \
	X(FLASH_DATA, 0x03)                                                                        \
	X(FLASH_END, 0x04)                                                                         \
	X(MEM_BEGIN, 0x05)                                                                         \
	X(MEM_END, 0x06)                                                                           \
	X(MEM_DATA, 0x07)                                                                          \
	X(SYNC, 0x08)                                                                              \
	X(WRITE_REG, 0x09)                                                                         \
	X(READ_REG, 0x0a)                                                                          \
	X(SPI_SET_PARAMS, 0x0b)                                                                    \
	X(SPI_ATTACH, 0x0d)                                                                        \
	X(READ_FLASH_SLOW, 0x0e)                                                                   \
	X(CHANGE_BAUDRATE, 0x0f)                                                                   \
	X(FLASH_DEFL_BEGIN, 0x10)                                                                  \
	X(FLASH_DEFL_DATA, 0x11)                                                                   \
	X(FLASH_DEFL_END, 0x12)                                                                    \
	X(SPI_FLASH_MD5, 0x13)                                                                     \
	X(GET_SECURITY_INFO, 0x14)                                                                 \
	X(ERASE_FLASH, 0xd0)                                                                       \
	X(ERASE_REGION, 0xd1)                                                                      \
	X(READ_FLASH, 0xd2)                                                                        \
	X(RUN_USER_CODE, 0xd3)

enum ef_op {
#define EF_OP_ENUM(name, number) EF_OP_##name = number,
	EF_OP_LIST(EF_OP_ENUM)
#undef EF_OP_ENUM
};
/** "FLASH_BEGIN"; "command 0x55" forms are the caller's: NULL when unknown. */
const char *ef_op_name(unsigned op);

/**
 * The kind of loader: it decides the status layout, the forms of blocks and which commands exist.
 */
enum ef_loader { EF_LOADER_ROM, EF_LOADER_STUB };

/** Return the words for the two status bytes of a failed reply; never NULL. */
const char *ef_status_text(enum ef_loader loader, uint8_t status, uint8_t reason);
/**
 * Judge how far a failure status can be trusted. GARBLED when no loader answers like this: the
 * answer itself was damaged. Else REFUSED with status, reason and refusal.
 */
struct ef_fault ef_status_fault(enum ef_loader loader, uint8_t status, uint8_t reason);

/** Fill err with "the chip refused NAME: why", PROTOCOL, and its fault. Always false. */
bool ef_rom_refused(enum ef_loader loader, enum ef_op op, uint8_t status, uint8_t reason,
		    struct ef_err *err);

/** What can be expected of a command when its answer does not come. */
struct ef_op_traits {
	bool is_prompt;       /**< the loader answers at once, or never */
	bool may_be_followed; /**< a SYNC may be sent behind it, to ask whether the loader is there
			       */
	bool is_idempotent;   /**< doing it twice does the same as doing it once */
};
struct ef_op_traits ef_op_traits(enum ef_op op);

#define EF_SYNC_REPLIES   8
#define EF_BLOCK_ROM      0x400u
#define EF_BLOCK_STUB     0x4000u
#define EF_BLOCK_RAM      0x1800u
#define EF_BLOCK_USB_OTG  0x800u
#define EF_REPLY_DATA_MAX 64

struct ef_reply {
	uint32_t value;
	uint8_t data[EF_REPLY_DATA_MAX]; /**< without the status bytes */
	size_t len;
};

/** Bytes before the payload of a data command: length, number, and two words of zeros. */
#define EF_DATA_HEAD_SIZE 16

/** One command with its arguments. The pointers are borrowed. */
struct ef_request {
	enum ef_op op;
	const uint8_t *head; /**< the fixed words of the command */
	size_t head_len;
	const uint8_t *data; /**< the payload of data commands, or NULL */
	size_t data_len;
	uint8_t pad;         /**< value of padding bytes */
	size_t pad_len;      /**< padding after data; counted in length and checksum */
	size_t reply_len;    /**< data bytes that this command promises before the status bytes */
	size_t reply_short;  /**< a second length that a success may have; 0: none */
	uint32_t timeout_ms; /**< for the answer, from the moment the request is written */
};

/**
 * Return the time limit for work on len bytes: ms_per_mib for each MiB, but at least base_ms, and
 * at most the limit for one command (docs/protocol.md).
 */
uint32_t ef_rom_timeout_scaled(uint32_t base_ms, uint32_t ms_per_mib, uint64_t len);

EF_API_END
#endif
