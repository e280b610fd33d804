/* SPDX-License-Identifier: MIT */
/* Stub images: the linked-in collection, the format, and what is refused. */
#include <espflash/flasher.h>

#include "ck_ef.h"
#include "flasher/stub_json.h"

/*
 * entry, text_start and lengths of the images of esptool-js 0.7.0, computed
 * from its files with Python's base64 module.
 */
static const struct {
	const char *name;
	uint32_t entry, text_start, text_len, data_start, data_len, bss_start;
} known[] = {
	{ "esp32", 1074434092, 1074429952, 6456, 1073605996, 212, 1073528832 },
	{ "esp32c3", 1077415578, 1077411840, 5880, 1070165352, 204, 1070088192 },
	{ "esp32s3", 1077384484, 1077379072, 7832, 1070280128, 264, 1070202880 },
	{ "esp32p4-rev1", 1341199446, 1341194240, 8176, 1341533624, 204, 1341456384 },
};

START_TEST(linked_in)
{
	struct ef_stub s = EF_STUB_INIT;
	struct ef_err err = EF_ERR_INIT;
	size_t len = 0;
	const uint8_t *json = ef_stub_find(known[_i].name, &len);

	if (ef_stub_count() == 0) {
		printf("no stub images in this build: nothing to compare\n");
		return;
	}
	ck_assert_ptr_nonnull(json);
	ck_ok(ef_stub_parse(json, len, &s, &err), &err);
	if (strcmp(ef_stub_origin(), "esptool-js 0.7.0") == 0) {
		ck_assert_uint_eq(s.entry, known[_i].entry);
		ck_assert_uint_eq(s.text_start, known[_i].text_start);
		ck_assert_uint_eq(s.text_len, known[_i].text_len);
		ck_assert_uint_eq(s.data_start, known[_i].data_start);
		ck_assert_uint_eq(s.data_len, known[_i].data_len);
		ck_assert_uint_eq(s.bss_start, known[_i].bss_start);
	}
	ef_stub_release(&s);
	ef_stub_release(&s);
}
END_TEST

/* Every linked-in image parses, and the collection says what it is. */
START_TEST(all_linked_in)
{
	struct ef_err err = EF_ERR_INIT;
	size_t count = 0;

	for (const struct ef_stub_image *i = ef_stub_images; i->name; i++, count++) {
		struct ef_stub s = EF_STUB_INIT;

		ck_ok(ef_stub_parse(i->json, i->len, &s, &err), &err);
		ck_assert_uint_ge(s.text_len, 4096);
		ck_assert_uint_le(s.bss_start, s.data_start);
		ef_stub_release(&s);
	}
	ck_assert_uint_eq(count, ef_stub_count());
	ck_assert_int_eq(count == 0, ef_stub_origin()[0] == '\0');
	if (count)
		ck_assert_ptr_nonnull(strstr(ef_stub_licence(), "Apache License"));
	ck_assert_ptr_null(ef_stub_find("esp31", &count));
}
END_TEST

START_TEST(parses)
{
	static const char json[] =
		"{ \"entry\": 4097, \"text\": \"AAECAwQ=\", \"text_start\": 4096, "
		"\"data\": \"/+A=\", \"data_start\": 8192, \"bss_start\": 8000, \"x\": [1, {}] }";
	struct ef_stub s = EF_STUB_INIT;
	struct ef_err err = EF_ERR_INIT;

	ck_ok(ef_stub_parse((const uint8_t *)json, strlen(json), &s, &err), &err);
	ck_assert_uint_eq(s.text_len, 5);
	ck_assert_mem_eq(s.text, "\0\1\2\3\4", 5);
	ck_assert_uint_eq(s.data_len, 2);
	ck_assert_mem_eq(s.data, "\xff\xe0", 2);
	ck_assert_uint_eq(s.bss_start, 8000);
	ef_stub_release(&s);
}
END_TEST

START_TEST(data_is_optional)
{
	static const char json[] = "{\"entry\":4096,\"text\":\"AAEC\",\"text_start\":4096}";
	struct ef_stub s = EF_STUB_INIT;
	struct ef_err err = EF_ERR_INIT;

	ck_ok(ef_stub_parse((const uint8_t *)json, strlen(json), &s, &err), &err);
	ck_assert_uint_eq(s.text_len, 3);
	ck_assert_uint_eq(s.data_len, 0);
	ck_assert_ptr_null(s.data);
	ef_stub_release(&s);
}
END_TEST

#define TEXT "\"text\":\"AAEC\",\"text_start\":4096"
static const struct {
	const char *json, *text;
} refused[] = {
	{ "", "not JSON" },
	{ "{", "not JSON" },
	{ "[]", "not a JSON object" },
	{ "{}", "no 'entry'" },
	{ "{\"entry\":\"a\"}", "'entry' is not a 32-bit number" },
	{ "{\"entry\":-1}", "'entry' is not a 32-bit number" },
	{ "{\"entry\":4294967296}", "'entry' is not a 32-bit number" },
	{ "{\"entry\":1e400}", "'entry' is not a 32-bit number" },
	{ "{\"entry\":1.5}", "'entry' is not a whole number" },
	{ "{\"entry\":4096}", "no 'text_start'" },
	{ "{\"entry\":4096,\"text_start\":4096}", "no 'text'" },
	{ "{\"entry\":4096,\"text_start\":4096,\"text\":7}", "'text' is not a string" },
	{ "{\"entry\":4096,\"text_start\":4096,\"text\":\"\"}", "not base64: 0 characters" },
	{ "{\"entry\":4096,\"text_start\":4096,\"text\":\"AAE\"}", "not base64: 3 characters" },
	{ "{\"entry\":4096,\"text_start\":4096,\"text\":\"AA*C\"}", "not base64" },
	{ "{\"entry\":4096,\"text_start\":4096,\"text\":\"A=EC\"}", "not base64" },
	{ "{\"entry\":4096,\"text_start\":4096,\"text\":\"A===\"}", "not base64" },
	{ "{\"entry\":4096,\"text_start\":4096,\"text\":\"AA==AAEC\"}", "not base64" },
	{ "{\"entry\":4096,\"text_start\":4096,\"text\":\"AAECAA\\nC\"}", "not base64" },
	{ "{\"entry\":4099," TEXT "}", "entry 0x00001003 is outside its text" },
	{ "{\"entry\":4095," TEXT "}", "entry 0x00000fff is outside its text" },
	{ "{\"entry\":4096," TEXT ",\"data\":\"AAEC\"}", "no 'data_start'" },
	{ "{\"entry\":4096," TEXT ",\"data\":\"AAEC\",\"data_start\":4098}", "overlap" },
	{ "{\"entry\":4096," TEXT ",\"data\":\"AAEC\",\"data_start\":4294967295}",
	  "passes the end of memory" },
	{ "{\"entry\":4096," TEXT ",\"data\":\"AAEC\",\"data_start\":1,\"bss_start\":null}",
	  "'bss_start' is not a 32-bit number" },
};

START_TEST(refuses)
{
	struct ef_stub s = EF_STUB_INIT;
	struct ef_err err = EF_ERR_INIT;

	ck_fails(ef_stub_parse((const uint8_t *)refused[_i].json, strlen(refused[_i].json), &s,
			       &err),
		 &err, EF_E_INPUT, refused[_i].text);
	ef_stub_release(&s);
}
END_TEST

START_TEST(refuses_a_huge_part)
{
	static char json[128 * 1024];
	struct ef_stub s = EF_STUB_INIT;
	struct ef_err err = EF_ERR_INIT;
	int n = snprintf(json, sizeof(json), "{\"entry\":4096,\"text_start\":4096,\"text\":\"");

	memset(json + n, 'A', 90000);
	memcpy(json + n + 90000, "\"}", 3);
	ck_fails(ef_stub_parse((const uint8_t *)json, strlen(json), &s, &err), &err, EF_E_INPUT,
		 "larger than 64 KiB");
	ef_stub_release(&s);
	ck_fails(ef_stub_parse((const uint8_t *)json, 2 * EF_MAX_JSON, &s, &err), &err, EF_E_INPUT,
		 "larger than 1024 KiB");
}
END_TEST

Suite *suite_stub_json(void);

Suite *suite_stub_json(void)
{
	Suite *s = suite_create("stub_json");
	TCase *t = tcase_create("stub_json");

	tcase_add_loop_test(t, linked_in, 0, (int)EF_ARRAY_LEN(known));
	tcase_add_test(t, all_linked_in);
	tcase_add_test(t, parses);
	tcase_add_test(t, data_is_optional);
	tcase_add_loop_test(t, refuses, 0, (int)EF_ARRAY_LEN(refused));
	tcase_add_test(t, refuses_a_huge_part);
	suite_add_tcase(s, t);
	return s;
}
