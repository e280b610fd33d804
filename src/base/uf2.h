/* SPDX-License-Identifier: MIT */
/*
 * The form of a UF2 block (github.com/microsoft/uf2): 32 bytes of header, the data, room for an
 * MD5 directly behind the data, and a last magic number. All numbers are little endian.
 */
#ifndef EF_BASE_UF2_H
#define EF_BASE_UF2_H

#define UF2_BLOCK     512u
#define UF2_DATA_MAX  476u
#define UF2_MAGIC     0x0a324655u
#define UF2_MAGIC_2   0x9e5d5157u
#define UF2_MAGIC_END 0x0ab16f30u
#define UF2_MD5_SIZE  24u /* address, length, MD5 */

enum { UF2_NOT_FLASH = 1, UF2_HAS_FAMILY = 0x2000, UF2_HAS_MD5 = 0x4000 };

/* Offsets in a block. */
enum {
	UF2_FLAGS = 8,
	UF2_ADDR = 12,
	UF2_LEN = 16,
	UF2_NUMBER = 20,
	UF2_COUNT = 24,
	UF2_FAMILY = 28,
	UF2_DATA = 32,
	UF2_END = UF2_BLOCK - 4,
};

#endif
