/* SPDX-License-Identifier: MIT */
/*
 * The gate, where the loader is to encrypt. The rules are esptool's (cmds.py, write_flash:
 * "encrypt or encrypt_files"); which partitions firmware decrypts is on ESP-IDF's page "Flash
 * Encryption".
 */
#include "gate_rig.h"

static struct ef_target locked(struct ef_partition_table *table)
{
	struct ef_target t = target_of(ef_chip_by_name("esp32c3"));

	make_table(table);
	t.table = table;
	t.locks.is_encrypted = true;
	return t;
}

static void check_it(const struct ef_target *t, uint32_t addr, const uint8_t *data, uint32_t len)
{
	const struct ef_plan_region r = { .region = { addr, data, len, "x.bin" },
					  .encrypts = true };

	check_plan(t, &r, NULL);
}

static const struct {
	struct ef_locks locks;
	bool is_plain_loader;
	const char *name;
	bool is_refusal;
	const char *words;
	enum ef_hint_id hint;
} locks[] = {
	{ { .is_encrypted = true }, false, "", false, "", EF_HINT_NONE },
	{ { .is_encrypted = true },
	  true,
	  "CANNOT_ENCRYPT",
	  true,
	  "ROM has no command",
	  EF_HINT_GATE_NEEDS_STUB },
	{ { .is_encrypted = true, .has_no_encrypt = true },
	  false,
	  "CANNOT_ENCRYPT",
	  true,
	  "DIS_DOWNLOAD_MANUAL_ENCRYPT",
	  EF_HINT_GATE_CANNOT_ENCRYPT },
	/* the eFuse counts before flash encryption is switched on, too */
	{ { .has_no_encrypt = true },
	  false,
	  "CANNOT_ENCRYPT",
	  true,
	  "DIS_DOWNLOAD_MANUAL_ENCRYPT",
	  EF_HINT_GATE_CANNOT_ENCRYPT },
	{ { .is_encrypted = true, .has_no_encrypt = true, .is_unknown = true },
	  false,
	  "ENCRYPT_UNKNOWN",
	  true,
	  "secure download mode",
	  EF_HINT_GATE_NO_ENCRYPT },
	{ { .is_encrypted = true, .has_no_key = true },
	  false,
	  "ENCRYPT_KEY",
	  true,
	  "have no key",
	  EF_HINT_GATE_NO_KEY },
	{ { .is_encrypted = true, .has_wrong_config = true },
	  false,
	  "ENCRYPT_KEY",
	  true,
	  "FLASH_CRYPT_CONFIG",
	  EF_HINT_GATE_NO_KEY },
	{ { .is_encrypted = false },
	  false,
	  "ENCRYPT_OFF",
	  false,
	  "flash encryption is off",
	  EF_HINT_NONE },
	{ { .is_secure_boot = true, .is_secure_boot_v1 = true, .is_encrypted = true },
	  false,
	  "LOCK_V1",
	  true,
	  "below 0x8000",
	  EF_HINT_GATE_LOCKED },
	{ { .is_encrypted = true, .is_key_manager = true },
	  false,
	  "LOCK_KEY",
	  true,
	  "below 0x2000",
	  EF_HINT_GATE_LOCKED },
};

START_TEST(what_efuses_say)
{
	struct content *c = calloc(1, sizeof(*c));
	struct ef_partition_table table;
	struct ef_target t = locked(&table);

	ck_assert_ptr_nonnull(c);
	make_bootloader(c, t.chip);
	t.locks = locks[_i].locks;
	t.is_plain_loader = locks[_i].is_plain_loader;
	check_it(&t, 0, c->data, c->len);
	expect(locks[_i].name, locks[_i].is_refusal, locks[_i].words);
	if (found.count)
		ck_assert_int_eq(found.v[0].err.hint.id, locks[_i].hint);
	free(c);
}
END_TEST

/* What is refused for a reason that no wish changes. */
START_TEST(final_refusals)
{
	for (int i = 0; i < EF_FINDING_COUNT; i++)
		ck_assert_int_eq(ef_finding_is_final((enum ef_finding_id)i),
				 i == EF_FINDING_REACH || i == EF_FINDING_CANNOT_ENCRYPT);
}
END_TEST

/* make_table: nvs, phy and storage are plain; apps are always encrypted, "secret" by its flag. */
static const struct {
	uint32_t addr;
	bool is_decrypted;
} places[] = { { 0x9000, false }, { 0xf000, false },  { 0x120000, false },
	       { 0x8000, true },  { 0x220000, true }, { 0x10000, true } };

START_TEST(what_firmware_does_not_decrypt)
{
	struct ef_partition_table table;
	struct ef_target t = locked(&table);

	fill_noise();
	check_it(&t, places[_i].addr, noise, 0x1000);
	ck_assert_int_eq(has_finding("ENCRYPT_DATA"), !places[_i].is_decrypted);
}
END_TEST

/* The content is plain, so that it can be judged, and so can its signature. */
START_TEST(content_is_judged)
{
	struct content *c = calloc(1, sizeof(*c));
	struct ef_partition_table table;
	struct ef_target t = locked(&table);

	ck_assert_ptr_nonnull(c);
	fill_noise();
	check_at(&t, 0, noise, 0x1000); /* ciphertext, for all that can be told */
	expect("", false, "");
	check_it(&t, 0, noise, 0x1000);
	expect("NOT_BOOTABLE", true, "bootloader belongs");
	check_it(&t, 0x10000, noise, 0x1000);
	ck_assert(has_finding("SLOT_UNKNOWN"));
	t.locks.is_secure_boot = true;
	make_bootloader(c, t.chip);
	check_it(&t, 0, c->data, c->len);
	expect("LOCK_SIGNATURE", true, "no valid signature");
	sign(c);
	check_it(&t, 0, c->data, c->len);
	expect("", false, "");
	free(c);
}
END_TEST

Suite *suite_gate_encrypts(void);

Suite *suite_gate_encrypts(void)
{
	Suite *s = suite_create("gate_encrypts");
	TCase *t = tcase_create("gate_encrypts");

	tcase_add_loop_test(t, what_efuses_say, 0, (int)EF_ARRAY_LEN(locks));
	tcase_add_test(t, final_refusals);
	tcase_add_loop_test(t, what_firmware_does_not_decrypt, 0, (int)EF_ARRAY_LEN(places));
	tcase_add_test(t, content_is_judged);
	suite_add_tcase(s, t);
	return s;
}
