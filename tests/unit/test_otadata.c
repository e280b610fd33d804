/* SPDX-License-Identifier: MIT */
/*
 * otadata: the choice is that of ESP-IDF's bootloader, and a switch writes what otatool.py
 * writes (tests/golden/otadata), unless the bootloader would not follow that.
 */
#include <stdio.h>

#include <espflash/otadata.h>

#include "base/bytes.h"
#include "base/util.h"
#include "ck_ef.h"

#define GOLDEN EF_SOURCE_DIR "/tests/golden/otadata/"

/* ---- tables and records ---- */

struct board {
	struct ef_partition_table table;
	struct ef_ota_slots slots;
};

static void add(struct board *b, uint8_t type, uint8_t subtype, uint32_t offset, uint32_t size)
{
	b->table.part[b->table.count++] = (struct ef_partition){
		.type = type, .subtype = subtype, .offset = offset, .size = size
	};
}

/* The partitions have the offsets that bootloader.c gives them. */
static void make_board(struct board *b, bool factory, bool test, unsigned slots, uint32_t otadata)
{
	memset(b, 0, sizeof(*b));
	if (otadata)
		add(b, 1, 0, 0xd000, otadata);
	if (factory)
		add(b, 0, 0, 0xfac0, 16);
	for (unsigned i = 0; i < slots; i++)
		add(b, 0, (uint8_t)(0x10 + i), 0x10 + i, 16);
	if (test)
		add(b, 0, 0x20, 0x7e57, 16);
	ef_ota_slots_find(&b->table, &b->slots);
}

static void put_entry(uint8_t *entry, const uint32_t v[3])
{
	memset(entry, 0xff, EF_OTA_ENTRY_SIZE);
	ef_put_le32(entry, v[0]);
	ef_put_le32(entry + 24, v[1]);
	ef_put_le32(entry + 28, v[2]);
}

static void parse_two(const uint8_t *a, const uint8_t *b, struct ef_otadata *ret)
{
	ef_ota_entry_parse(a, &ret->entry[0]);
	ef_ota_entry_parse(b, &ret->entry[1]);
}

/* ---- choose.txt ---- */

/* The next word of a line, which is cut there. */
static char *word(char **at)
{
	char *p = *at + strspn(*at, " ");
	size_t len = strcspn(p, " \n");

	*at = p + len + (p[len] != '\0');
	p[len] = '\0';
	return p;
}

static uint32_t number(char **at)
{
	uint32_t v;

	ck_assert(ef_parse_u32(word(at), UINT32_MAX, &v));
	return v;
}

static void attempts_text(const struct ef_ota_slots *slots, int index, char *ret, size_t cap)
{
	const struct ef_partition *p;

	ret[0] = '\0';
	for (unsigned n = 0; (p = ef_ota_attempt(slots, index, n)) != NULL; n++) {
		size_t len = strlen(ret);

		ck_assert(ef_snprintf(ret + len, cap - len, "%s%x", n ? "," : "", p->offset));
	}
	if (!ret[0])
		ef_strlcpy(ret, cap, "-");
}

static void check_choice(const struct board *b, const struct ef_otadata *data, bool rollback,
			 const char *index, const char *attempts, unsigned line)
{
	struct ef_ota_choice choice;
	char text[200];

	ef_ota_choose(&b->slots, data, rollback, &choice);
	(void)ef_snprintf(text, sizeof(text), "%d",
			  choice.index == EF_OTA_NOTHING ? -99 : choice.index);
	ck_assert_msg(!strcmp(text, index), "line %u: %s", line, text);
	attempts_text(&b->slots, choice.index, text, sizeof(text));
	ck_assert_msg(!strcmp(text, attempts), "line %u: %s", line, text);
	ck_assert_int_eq(choice.reason == EF_OTA_BY_ENTRY, choice.entry >= 0);
}

START_TEST(chooses_like_the_bootloader)
{
	FILE *f = fopen(GOLDEN "choose.txt", "r");
	char line[600];
	unsigned lines = 0;

	ck_assert_ptr_nonnull(f);
	for (; fgets(line, sizeof(line), f); lines++) {
		char *at = line;
		uint32_t board[4], v[6];
		struct board b;
		struct ef_otadata data;
		uint8_t entry[2][EF_OTA_ENTRY_SIZE];

		for (unsigned i = 0; i < 4; i++)
			board[i] = number(&at);
		for (unsigned i = 0; i < 6; i++)
			v[i] = number(&at);
		make_board(&b, board[0], board[1], board[2], board[3]);
		put_entry(entry[0], v);
		put_entry(entry[1], v + 3);
		parse_two(entry[0], entry[1], &data);
		for (unsigned k = 0; k < 2; k++) {
			const char *index = word(&at);

			check_choice(&b, &data, k, index, word(&at), lines + 1);
		}
	}
	fclose(f);
	ck_assert_uint_eq(lines, 700);
}
END_TEST

/* ---- switch.txt ---- */

static void from_hex(const char *hex, uint8_t *ret, size_t len)
{
	for (size_t i = 0; i < len; i++)
		ret[i] = (uint8_t)(ef_digit_value(hex[2 * i]) * 16 +
				   ef_digit_value(hex[2 * i + 1]));
}

static bool starts(const struct ef_ota_slots *slots, const uint8_t *two, unsigned slot)
{
	struct ef_ota_choice choice;
	struct ef_otadata data;
	bool ok = true;

	parse_two(two, two + EF_OTA_ENTRY_SIZE, &data);
	for (unsigned k = 0; k < 2; k++) {
		ef_ota_choose(slots, &data, k, &choice);
		ok = ok && choice.reason == EF_OTA_BY_ENTRY && choice.index == (int)slot;
	}
	return ok;
}

START_TEST(switches_like_otatool)
{
	FILE *f = fopen(GOLDEN "switch.txt", "r");
	char line[600];
	unsigned lines = 0, mended = 0, at;

	ck_assert_ptr_nonnull(f);
	for (; fgets(line, sizeof(line), f); lines++) {
		uint8_t old[64], want[64], got[64], entry[EF_OTA_ENTRY_SIZE];
		struct ef_otadata data;
		struct ef_err err = EF_ERR_INIT;
		struct board b;
		char *p = line;
		unsigned count = number(&p), slot = number(&p);

		make_board(&b, true, false, count, EF_OTADATA_SIZE);
		from_hex(word(&p), old, 64);
		from_hex(word(&p), want, 64);
		parse_two(old, old + EF_OTA_ENTRY_SIZE, &data);
		ck_ok(ef_ota_switch(&b.slots, &data, slot, &at, entry, &err), &err);
		memcpy(got, old, sizeof(got));
		memcpy(got + (size_t)at * EF_OTA_ENTRY_SIZE, entry, sizeof(entry));
		ck_assert_msg(starts(&b.slots, got, slot), "line %u", lines + 1);
		if (starts(&b.slots, want, slot)) {
			ck_assert_msg(!memcmp(got, want, 64), "line %u", lines + 1);
			continue;
		}
		mended++;
		/* the bytes between number and state stay also then */
		ck_assert_msg(!memcmp(got + 4, want + 4, 20) && !memcmp(got + 36, want + 36, 20),
			      "line %u", lines + 1);
	}
	fclose(f);
	ck_assert_uint_eq(lines, 339);
	ck_assert_uint_gt(mended, 0);
	ck_assert_uint_lt(mended, lines / 2);
}
END_TEST

/* ---- what has no golden file ---- */

/* Users' files: first-try and rust-users of the collection of cases (ESP-IDF's own output). */
START_TEST(reads_records)
{
	static const uint32_t ota_1[3] = { 2, UINT32_MAX, 0x55f63774 };
	uint8_t data[EF_OTA_ENTRY_SIZE];
	struct ef_ota_entry e;

	put_entry(data, ota_1);
	ef_ota_entry_parse(data, &e);
	ck_assert_uint_eq(e.seq, 2);
	ck_assert_uint_eq(e.crc, 0x55f63774);
	ck_assert(e.is_crc_valid && !e.is_blank);
	ck_assert_str_eq(ef_ota_state_name(e.state), "UNDEFINED");
	ck_assert_str_eq(ef_ota_state_name(EF_OTA_ABORTED), "ABORTED");
	ck_assert_str_eq(ef_ota_state_name(5), "UNDEFINED");
}
END_TEST

START_TEST(last_of_equal_rows_counts)
{
	struct board b;

	make_board(&b, true, true, 2, EF_OTADATA_SIZE);
	add(&b, 0, 0x10, 0x99, 16);
	add(&b, 0, 0x30, 0x88, 16); /* TEE: no slot */
	ef_ota_slots_find(&b.table, &b.slots);
	ck_assert_uint_eq(b.slots.slot[0]->offset, 0x99);
	ck_assert_uint_eq(b.slots.count, 3);
	ck_assert_uint_eq(b.slots.test->offset, 0x7e57);
}
END_TEST

/* ota_0 and ota_2: the bootloader counts two slots, so it never gets to ota_2. */
START_TEST(a_gap_hides_slots)
{
	struct ef_err err = EF_ERR_INIT;
	uint8_t entry[EF_OTA_ENTRY_SIZE];
	struct ef_otadata old;
	struct board b;
	unsigned at;

	memset(entry, 0xff, sizeof(entry));
	parse_two(entry, entry, &old);
	make_board(&b, false, false, 1, EF_OTADATA_SIZE);
	add(&b, 0, 0x12, 0x12, 16);
	ef_ota_slots_find(&b.table, &b.slots);
	ck_assert_ptr_null(ef_ota_attempt(&b.slots, 0, 1));
	ck_fails(ef_ota_switch(&b.slots, &old, 2, &at, entry, &err), &err, EF_E_INPUT,
		 "never starts ota_2");
	ck_fails(ef_ota_switch(&b.slots, &old, 1, &at, entry, &err), &err, EF_E_INPUT,
		 "never starts ota_1");
	ck_ok(ef_ota_switch(&b.slots, &old, 0, &at, entry, &err), &err);
}
END_TEST

START_TEST(numbers_end)
{
	/* binascii.crc32(struct.pack('<I', seq), 0xffffffff) */
	static const uint32_t last[3] = { 0xfffffffe, 2, 0x99f8b879 };
	struct ef_err err = EF_ERR_INIT;
	uint8_t blank[EF_OTA_ENTRY_SIZE], entry[EF_OTA_ENTRY_SIZE];
	struct ef_otadata old;
	struct board b;
	unsigned at;

	make_board(&b, false, false, 2, EF_OTADATA_SIZE);
	put_entry(entry, last);
	memset(blank, 0xff, sizeof(blank));
	parse_two(entry, blank, &old);
	ck_assert(old.entry[0].is_crc_valid);
	/* its own slot, ota_1, needs no higher number */
	ck_ok(ef_ota_switch(&b.slots, &old, 1, &at, entry, &err), &err);
	ck_fails(ef_ota_switch(&b.slots, &old, 0, &at, entry, &err), &err, EF_E_UNSUPP, "erased");
	make_board(&b, false, false, 2, 0x1000);
	ck_fails(ef_ota_switch(&b.slots, &old, 0, &at, entry, &err), &err, EF_E_INPUT,
		 "no otadata");
}
END_TEST

Suite *suite_otadata(void);

Suite *suite_otadata(void)
{
	Suite *s = suite_create("otadata");
	TCase *tc = tcase_create("otadata");

	tcase_add_test(tc, chooses_like_the_bootloader);
	tcase_add_test(tc, switches_like_otatool);
	tcase_add_test(tc, reads_records);
	tcase_add_test(tc, last_of_equal_rows_counts);
	tcase_add_test(tc, a_gap_hides_slots);
	tcase_add_test(tc, numbers_end);
	suite_add_tcase(s, tc);
	return s;
}
