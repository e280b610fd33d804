/* SPDX-License-Identifier: MIT */
/*
 * All that the input layer makes of a thing, as one text: ESP-IDF's flasher_args.json and
 * flash_args, ESP Web Tools' manifest, Intel HEX, UF2, files with addresses. The forms are those of
 * their sources (see the files of src/input), the expectations are written by hand.
 */
#include "input_folder.h"
#include "input_words.h"

static struct folder folder;
static struct ef_input in;
static struct ef_err err;

static const struct {
	const char *files, *want;
} folders[] = {
	/* ---- flasher_args.json ---- */
	{ "=== flasher_args.json\n{\"flash_settings\": {\"flash_mode\": \"dio\", \"flash_freq\": "
	  "\"80m\", \"flash_size\": \"4MB\"}, \"flash_files\": {\"0x10000\": \"a.bin\", "
	  "\"0x1000\": "
	  "\"b/boot.bin\", \"0xa000\": \"x.bin\"}, \"bootloader\": {\"offset\": \"0x1000\", "
	  "\"file\": "
	  "\"b/boot.bin\", \"encrypted\": \"true\"}, \"app\": {\"offset\": \"0x10000\", \"file\": "
	  "\"a.bin\", \"encrypted\": \"false\"}, \"extra_esptool_args\": {\"after\": "
	  "\"hard_reset\", "
	  "\"before\": \"default_reset\", \"stub\": true, \"chip\": \"esp32\"}}\n"
	  "=== a.bin\napp\n=== b/boot.bin\nboot\n=== x.bin\nxx\n=== a.elf\nelf\n",
	  "an ESP-IDF build, esp32, mode 3, 80 MHz, size 0x400000, before default-reset, after "
	  "hard-reset, elf a.elf\n"
	  "0x1000 'bootloader' 'b/boot.bin' bootloader encrypted: boot\n"
	  "0xa000 'x.bin' 'x.bin': xx\n"
	  "0x10000 'app' 'a.bin' app: app" },
	{ "=== build/flasher_args.json\n{\"flash_files\": {\"0\": \"a.bin\"}, "
	  "\"extra_esptool_args\": "
	  "{\"stub\": false}, \"flash_settings\": {\"flash_size\": \"detect\"}}\n=== "
	  "build/a.bin\nA\n"
	  "=== build/project_description.json\n{\"project_name\": \"hello\", \"app_elf\": "
	  "\"h.elf\"}\n=== build/h.elf\nelf\n",
	  "an ESP-IDF build, name hello, finds size, no stub, elf build/h.elf\n"
	  "0x0 'a.bin' 'a.bin': A" },
	{ "=== flasher_args.json\n{\"flash_files\": {\"here\": \"a.bin\"}}\n",
	  "INPUT: flasher_args.json: flash_files: 'here' is not an address with a file" },
	{ "=== flasher_args.json\n{\"flash_files\": {\"0x0\": 5}}\n",
	  "INPUT: flasher_args.json: flash_files: '0x0' is not an address with a file" },
	{ "=== flasher_args.json\n{\"flash_files\": []}\n",
	  "INPUT: flasher_args.json has no object flash_files" },
	{ "=== flasher_args.json\n{\"flash_files\": {}}\n",
	  "INPUT: there is nothing in it to write" },
	{ "=== flasher_args.json\n[]\n", "INPUT: flasher_args.json is malformed" },
	{ "=== flasher_args.json\n{\"flash_files\": {\"0x0\": \"none.bin\"}}\n",
	  "INPUT: flasher_args.json: there is no 'none.bin'" },
	{ "=== flasher_args.json\n{\"flash_files\": {}, \"flash_settings\": {\"flash_mode\": "
	  "\"fast\"}}\n",
	  "INPUT: flasher_args.json: the flash mode 'fast' is unknown" },
	{ "=== flasher_args.json\n{\"flash_files\": {}, \"flash_settings\": {\"flash_freq\": "
	  "\"0m\"}}\n",
	  "INPUT: flasher_args.json: the flash frequency '0m' is unknown" },
	{ "=== flasher_args.json\n{\"flash_files\": {}, \"flash_settings\": {\"flash_size\": "
	  "\"3MB\"}}\n",
	  "INPUT: flasher_args.json: the flash size '3MB' is unknown" },
	{ "=== flasher_args.json\n{\"flash_files\": {}, \"extra_esptool_args\": {\"chip\": "
	  "\"esp99\"}}\n",
	  "UNSUPP: flasher_args.json: flasher_args.json names the chip 'esp99', which is not "
	  "supported" },
	{ "=== flasher_args.json\n{\"flash_files\": {\"0\": \"a\", \"1\": \"b\"}}\n=== a\nAA\n=== "
	  "b\n"
	  "BB\n",
	  "INPUT: the parts 'a' (0x00000000, 2 bytes) and 'b' (0x00000001) overlap" },
	/* two that share a sector become one */
	{ "=== flasher_args.json\n{\"flash_files\": {\"0x1000\": \"a\", \"0x1003\": \"b\", "
	  "\"0x2000\": "
	  "\"c\"}}\n=== a\nAA\n=== b\nBB\n=== c\nC\n",
	  "an ESP-IDF build\n0x1000 'a+b' '': AA<ff>BB\n0x2000 'c' 'c': C" },
	/* ---- arguments for esptool ---- */
	{ "=== flash_args\n--flash_mode qio --flash-freq 40m -fs 2MB\n0x1000 'my boot.bin'\n0x8000 "
	  "\"t.bin\"\n=== my boot.bin\nboot\n=== t.bin\ntable\n",
	  "arguments for esptool, mode 1, 40 MHz, size 0x200000\n"
	  "0x1000 'my boot.bin' 'my boot.bin': boot\n0x8000 't.bin' 't.bin': table" },
	{ "=== flash_args\n--chip esp32c3 --no-stub --before no_reset -a soft_reset -b 115200 -p X "
	  "write_flash -z -u --verify 0 d/a\\ b\n=== d/a b\nA\n",
	  "arguments for esptool, esp32c3, before no-reset, after soft-reset, no stub\n"
	  "0x0 'a b' 'd/a b': A" },
	{ "=== flash_args\n--encrypt 0 a 0x1000 b\n=== a\nA\n=== b\nB\n",
	  "arguments for esptool\n0x0 'a' 'a' encrypted: A\n0x1000 'b' 'b' encrypted: B" },
	{ "=== flash_args\n0 a --encrypt-files 0x1000 b\n=== a\nA\n=== b\nB\n",
	  "arguments for esptool\n0x0 'a' 'a': A\n0x1000 'b' 'b' encrypted: B" },
	{ "=== download.config\n\xef\xbb\xbf--chip auto 0 a\n=== a\nA\n",
	  "arguments for esptool\n0x0 'a' 'a': A" },
	{ "=== flash_project_args\n0 a\n=== a\nA\n", "arguments for esptool\n0x0 'a' 'a': A" },
	{ "=== flash_args\n0 'a\n", "INPUT: flash_args: the address 0 has no file" },
	{ "=== flash_args\n'0\n",
	  "INPUT: flash_args: a quote is not closed, or a word is too long" },
	{ "=== flash_args\nx y\n", "INPUT: flash_args: 'x' is not an address" },
	{ "=== flash_args\n--what 1\n", "INPUT: flash_args: the option '--what' is unknown here" },
	{ "=== flash_args\nflash-mode dio\n", "INPUT: flash_args: 'flash-mode' is not an address" },
	{ "=== flash_args\n-flash-mode dio\n",
	  "INPUT: flash_args: the option '-flash-mode' is unknown here" },
	{ "=== flash_args\n--fm dio\n", "INPUT: flash_args: the option '--fm' is unknown here" },
	{ "=== flash_args\n--chip\n", "INPUT: flash_args: the option '--chip' has no value" },
	{ "=== flash_args\n0 ../a\n", "INPUT: flash_args: the part '../a' is outside the folder" },
	{ "=== flash_args\n0 /a\n",
	  "INPUT: flash_args: the part '/a' is named by an absolute path" },
	{ "=== flash_args\n0 d/\n", "INPUT: flash_args: the part 'd/' is a folder, not a file" },
	{ "=== flash_args\n0 ''\n", "INPUT: flash_args: a part has no file name" },
	{ "=== flash_args\n0 a\n=== a\n\n", "INPUT: flash_args: the part 'a' is empty" },
	/* ---- ESP Web Tools ---- */
	{ "=== manifest.json\n{\"name\": \"My FW\", \"builds\": [{\"chipFamily\": \"ESP32-C3\", "
	  "\"parts\": [{\"path\": \"a%20b.bin?v=1\", \"offset\": 4096}, {\"path\": \"c%2.bin\", "
	  "\"offset\": 8192}, {\"path\": \"d%00.bin#x\", \"offset\": 0}]}]}\n=== a b.bin\nA\n"
	  "=== c%2.bin\nC\n=== d%00.bin\nD\n",
	  "a manifest of ESP Web Tools, name My FW, esp32c3\n0x0 'd%00.bin' 'd%00.bin': D\n"
	  "0x1000 'a b.bin' 'a b.bin': A\n0x2000 'c%2.bin' 'c%2.bin': C" },
	{ "=== manifest.json\n{\"builds\": []}\n", "INPUT: the manifest has no builds" },
	{ "=== manifest.json\n{\"builds\": [{\"chipFamily\": \"ESP32\"}, {\"chipFamily\": "
	  "\"ESP32-C3\"}, {}]}\n",
	  "INPUT: the manifest has builds for ESP32, ESP32-C3, ?" },
	{ "=== manifest.json\n{\"builds\": [{\"chipFamily\": \"ESP9\"}]}\n",
	  "UNSUPP: the build is for 'ESP9', which is not supported" },
	{ "=== manifest.json\n{\"builds\": [{\"chipFamily\": \"ESP32\", \"parts\": [{\"path\": "
	  "\"https://x/a.bin\", \"offset\": 0}]}]}\n",
	  "INPUT: the part 'https://x/a.bin' is not a file here" },
	{ "=== manifest.json\n{\"builds\": [{\"chipFamily\": \"ESP32\", \"parts\": [{\"path\": "
	  "\"a.bin\"}]}]}\n",
	  "INPUT: a part has no path or no offset" },
	{ "=== other.txt\nx\n", "INPUT: the folder has no build that is known" },
};

START_TEST(a_folder)
{
	const struct ef_input_opts opts = { .chip = NULL };
	struct ef_input_files files = folder_files(&folder);

	err = (struct ef_err)EF_ERR_INIT;
	folder_read(&folder, (const uint8_t *)folders[_i].files, strlen(folders[_i].files));
	describe(&in, &err, ef_input_open("", NULL, 0, &files, &opts, &in, &err));
	ck_assert_str_eq(got, folders[_i].want);
	ef_input_release(&in);
}
END_TEST

/* ---- one file ---- */

/* Checksums by hand: the sum of all bytes of a record is 0. */
static const struct {
	const char *text, *want;
} hex[] = {
	{ ":0300000041424337\n:00000001FF\n", "Intel HEX\n0x0 '0x0' 'f.hex': ABC" },
	{ "\r\n :03000000414243 37\n", NULL },
	{ ":0200000041427B :0100020043BA\r\n\r\n:00000001ff", "Intel HEX\n0x0 '0x0' 'f.hex': ABC" },
	{ ":020000040001F9\n:0100000041BE\n:020000021000EC\n:0100100042AD\n:00000001FF\n",
	  "Intel HEX\n0x10000 '0x10000+0x10010' 'f.hex': A<ff><ff><ff><ff><ff><ff><ff><ff><ff><ff>"
	  "<ff>... 17" },
	{ ":020000040001F9\n:0100000041BE\n:01FFFF0042BF\n:00000001FF\n",
	  "Intel HEX\n0x10000 '0x10000' 'f.hex': A\n0x1ffff '0x1ffff' 'f.hex': B" },
	{ ":0300000041424338\n:00000001FF\n",
	  "INPUT: line 1 of the HEX file has a wrong checksum" },
	{ ":0300000041424337\n:00000001F", "INPUT: line 2 of the HEX file is cut off, or has other "
					   "characters than hexadecimal digits" },
	{ ":0300000041424337\n:0x000001FF",
	  "INPUT: line 2 of the HEX file is cut off, or has other "
	  "characters than hexadecimal digits" },
	{ ":0300000041424337\n\n;\n", "INPUT: line 3 of the HEX file does not begin with ':'" },
	{ ":0300000041424337\n", "INPUT: the HEX file is cut off: its last record is missing" },
	{ ":00000001FF\n:rest\n", "INPUT: there is nothing in it to write" },
	{ ":0100000401FA\n:00000001FF\n",
	  "INPUT: line 1 of the HEX file has an address of another length than 2" },
	{ ":0100000201FC\n:00000001FF\n",
	  "INPUT: line 1 of the HEX file has an address of another length than 2" },
	{ ":0400000500000000F7\n:0100000041BE\n:00000001FF\n", "Intel HEX\n0x0 '0x0' 'f.hex': A" },
	{ ":02000004FFFFFC\n:01FFFE0041C1\n:00000001FF\n",
	  "INPUT: its address 0xfffffffe is in the chip's memory, not in the flash" },
	{ ":02000004FFFFFC\n:01FFFF0041C0\n:00000001FF\n",
	  "INPUT: line 2 of the HEX file is beyond 4 GiB" },
	{ ":020000041000EA\n:0100000041BE\n:00000001FF\n",
	  "INPUT: its address 0x10000000 is in the chip's memory, not in the flash" },
	{ ":020000040FFFEC\n:01FFFF0041C0\n:00000001FF\n",
	  "Intel HEX\n0xfffffff '0xfffffff' 'f.hex': "
	  "A" },
};

static bool open_file(const char *name, const uint8_t *data, size_t len)
{
	const struct ef_input_opts opts = { .chip = NULL };

	err = (struct ef_err)EF_ERR_INIT;
	return ef_input_open(name, data, len, NULL, &opts, &in, &err);
}

START_TEST(a_hex_file)
{
	const char *text = hex[_i].text;

	describe(&in, &err, open_file("f.hex", (const uint8_t *)text, strlen(text)));
	if (hex[_i].want)
		ck_assert_str_eq(got, hex[_i].want);
	else
		ck_assert_ptr_nonnull(strstr(got, "INPUT: line 2"));
	ef_input_release(&in);
}
END_TEST

/* github.com/microsoft/uf2: magics, flags, address, length, number, count, family, data, magic. */
static uint8_t uf2[4 * 512];

static void put_block(unsigned i, uint32_t flags, uint32_t addr, uint32_t len, uint32_t count,
		      uint32_t family)
{
	uint8_t *b = uf2 + i * 512;

	memset(b, 0, 512);
	ef_put_le32(b, 0x0a324655);
	ef_put_le32(b + 4, 0x9e5d5157);
	ef_put_le32(b + 8, flags);
	ef_put_le32(b + 12, addr);
	ef_put_le32(b + 16, len);
	ef_put_le32(b + 20, i);
	ef_put_le32(b + 24, count);
	ef_put_le32(b + 28, family);
	memset(b + 32, 'A' + (int)i, len <= 476 ? len : 476);
	ef_put_le32(b + 508, 0x0ab16f30);
}

#define ESP32    0x1c5f21b0u
#define ESP32_C3 0xd42ba06cu
#define FAMILY   0x2000u

static void uf2_is(unsigned blocks, const char *want)
{
	describe(&in, &err, open_file("f.uf2", uf2, blocks * 512));
	ck_assert_str_eq(got, want);
	ef_input_release(&in);
}

START_TEST(a_uf2_file)
{
	put_block(0, FAMILY, 0x10002, 2, 3, ESP32);
	put_block(1, FAMILY, 0x10000, 2, 3, ESP32);
	put_block(2, FAMILY, 0x20000, 1, 3, ESP32);
	uf2_is(3, "UF2, esp32\n0x10000 '0x10000' 'f.uf2': BBAA\n0x20000 '0x20000' 'f.uf2': C");
	uf2_is(2, "INPUT: blocks of the UF2 file are missing, or there twice: it has 2, and 3 "
		  "belong together");
	put_block(2, FAMILY, 0x20000, 0, 3, ESP32);
	uf2_is(3, "UF2, esp32\n0x10000 '0x10000' 'f.uf2': BBAA");
	put_block(2, FAMILY | 1, 0x20000, 1, 3, ESP32); /* not for the flash */
	ef_put_le32(uf2 + 24, 2);
	ef_put_le32(uf2 + 512 + 24, 2);
	uf2_is(3, "UF2, esp32\n0x10000 '0x10000' 'f.uf2': BBAA");
	put_block(2, FAMILY, 0x20000, 1, 1, ESP32_C3);
	uf2_is(3, "INPUT: the UF2 file is for both ESP32 and ESP32-C3");
	put_block(2, FAMILY, 0x20000, 1, 1, 0x12345678); /* another maker's: not ours */
	uf2_is(3, "UF2, esp32\n0x10000 '0x10000' 'f.uf2': BBAA");
	put_block(2, 0, 0x20000, 1, 1, 0); /* for any */
	uf2_is(3, "UF2, esp32\n0x10000 '0x10000' 'f.uf2': BBAA\n0x20000 '0x20000' 'f.uf2': C");
	put_block(0, FAMILY, 0x10000, 1, 1, 0x12345678);
	uf2_is(1, "UNSUPP: the UF2 file is for no chip that is supported (family 0x12345678)");
}
END_TEST

START_TEST(a_damaged_uf2_file)
{
	static const size_t magics[] = { 0, 4, 508 };

	put_block(0, FAMILY, 0x10000, 476, 2, ESP32);
	for (unsigned i = 0; i < 3; i++) {
		put_block(1, FAMILY, 0x101dc, 476, 2, ESP32);
		uf2[512 + magics[i]] ^= 1;
		if (i)
			uf2_is(2, "INPUT: block 1 of the UF2 file is damaged");
	}
	put_block(1, FAMILY, 0x101dc, 477, 2, ESP32);
	uf2_is(2, "INPUT: block 1 of the UF2 file is damaged");
	put_block(1, FAMILY, 0xfffffff0, 16, 2, ESP32);
	uf2_is(2, "INPUT: block 1 of the UF2 file is damaged");
	put_block(1, FAMILY, 0xfffffff0, 15, 2, ESP32);
	uf2_is(2, "INPUT: its address 0xfffffff0 is in the chip's memory, not in the flash");
	put_block(1, FAMILY, 0x101dc, 476, 2, ESP32);
	uf2_is(2, "UF2, esp32\n0x10000 '0x10000' 'f.uf2': AAAAAAAAAAAA... 952");
	describe(&in, &err, open_file("f.uf2", uf2, 1023));
	ck_assert_str_eq(got,
			 "INPUT: the UF2 file is cut off: it does not consist of whole blocks");
	/* address, length and MD5 behind the data: of "A" */
	put_block(0, FAMILY | 0x4000, 0x10000, 1, 1, ESP32);
	ef_put_le32(uf2 + 33, 0x10000);
	ef_put_le32(uf2 + 37, 1);
	memcpy(uf2 + 41, "\x7f\xc5\x62\x70\xe7\xa7\x0f\xa8\x1a\x59\x35\xb7\x2e\xac\xbe\x29", 16);
	uf2_is(1, "UF2, esp32\n0x10000 '0x10000' 'f.uf2': A");
	uf2[56] ^= 1;
	uf2_is(1, "INPUT: block 0 of the UF2 file has a wrong MD5");
	ef_put_le32(uf2 + 8, FAMILY); /* it says that there is none */
	uf2_is(1, "UF2, esp32\n0x10000 '0x10000' 'f.uf2': A");
}
END_TEST

/* ---- files with addresses ---- */

START_TEST(pairs_of_files)
{
	static const uint8_t record[] = ":0300000041424337\n:00000001FF\n";
	const struct ef_input_pair pairs[] = {
		{ 0x2000, (const uint8_t *)"BB", 2, "/x/y/b.bin" },
		{ 0x1000, (const uint8_t *)"A", 1, "a.bin" },
		{ 0x9000, record, sizeof(record) - 1, "c.hex" },
	};
	const struct ef_input_pair empty = { 0, (const uint8_t *)"", 0, "e.bin" };
	const struct ef_input_opts opts = { .chip = ef_chip_by_name("esp32") };

	describe(&in, &err, ef_input_from_pairs(pairs, 3, &opts, &in, &err));
	ck_assert_str_eq(got, "files, esp32\n0x0 '0x0' 'c.hex': ABC\n0x1000 'a.bin' 'a.bin': A\n"
			      "0x2000 'b.bin' '/x/y/b.bin': BB");
	ef_input_release(&in);
	describe(&in, &err, ef_input_from_pairs(&empty, 1, &opts, &in, &err));
	ck_assert_str_eq(got, "INPUT: 'e.bin': it is empty");
}
END_TEST

Suite *suite_input_forms(void);
Suite *suite_input_forms(void)
{
	Suite *s = suite_create("input_forms");
	TCase *t = tcase_create("input_forms");

	tcase_add_loop_test(t, a_folder, 0, (int)EF_ARRAY_LEN(folders));
	tcase_add_loop_test(t, a_hex_file, 0, (int)EF_ARRAY_LEN(hex));
	tcase_add_test(t, a_uf2_file);
	tcase_add_test(t, a_damaged_uf2_file);
	tcase_add_test(t, pairs_of_files);
	suite_add_tcase(s, t);
	return s;
}
