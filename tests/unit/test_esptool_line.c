/* SPDX-License-Identifier: MIT */
/* Command lines as esptool's and ESP-IDF's manuals print them, and what they are here. */
#include <stdio.h>

#include "ck_ef.h"
#include "cli/esptool_line.h"
#include "cli/table/commands.h"

static struct esptool_line line;

static bool read_line(const char *text)
{
	static char copy[1024];
	char *argv[64];
	int argc = 0;

	snprintf(copy, sizeof(copy), "%s", text);
	for (char *word = copy, *end; *word; word = end) {
		end = word + strcspn(word, " ");
		if (*end)
			*end++ = '\0';
		argv[argc++] = word;
	}
	return esptool_line_read(&cli_program, argc, argv, &line);
}

static const struct {
	const char *line, *shown, *missing;
} lines[] = {
	/* ESP-IDF's own output after a build, without its header options */
	{ "python -m esptool --chip esp32 -b 460800 --before default_reset --after hard_reset "
	  "write_flash 0x1000 build/bootloader/bootloader.bin 0x8000 "
	  "build/partition_table/partition-table.bin 0x10000 build/hello_world.bin",
	  "write-bin --chip esp32 --baud 460800 --before default-reset --after hard-reset 0x1000 "
	  "build/bootloader/bootloader.bin 0x8000 build/partition_table/partition-table.bin "
	  "0x10000 build/hello_world.bin",
	  "" },
	{ "esptool.py --port /dev/ttyUSB0 erase_flash", "erase-flash --port /dev/ttyUSB0", "" },
	{ "esptool --port /dev/ttyUSB0 erase-flash", "erase-flash --port /dev/ttyUSB0", "" },
	{ "-p /dev/ttyUSB0 erase-flash", "erase-flash --port /dev/ttyUSB0", "" },
	{ "/opt/esp/python/python3.12 /opt/esptool/esptool.py -p X flash_id", "flash-id --port X",
	  "" },
	{ "esptool.exe -pCOM3 -b921600 read_mac", "read-mac --port COM3 --baud 921600", "" },
	{ "esptool.py --port=X --chip=auto chip_id", "board-info --port X", "" },
	{ "esptool --chip ESP32-S3 get_security_info", "board-info --chip esp32-s3", "" },
	{ "--chip esp32c3 write_flash -z --erase-all 0x0 a.bin",
	  "write-bin --chip esp32c3 --erase-all 0x0 a.bin", "" },
	{ "write_flash -fs keep -fm keep -ff keep -u 0 a", "write-bin 0 a", "" },
	{ "write-flash -p 0 a", "write-bin --progress none 0 a", "" },
	{ "write_flash --port X --no-verify 0 a", "write-bin --port X --no-verify 0 a", "" },
	{ "--no-stub --after no_reset_stub read_flash 0 0x400000 all.bin",
	  "read-flash --no-stub --after no-reset-no-stub 0 0x400000 all.bin", "" },
	{ "--after no_reset read_flash 0 all all.bin", "read-flash --after no-reset 0 ALL all.bin",
	  "" },
	{ "read_flash -fs 4MB 0 64k all.bin", "read-flash --flash-size 4mb 0 64K all.bin", "" },
	{ "verify_flash --diff yes 0x10000 app.bin", "verify-flash 0x10000 app.bin", "" },
	{ "erase_region 0x9000 0x6000", "erase-region 0x9000 0x6000", "" },
	{ "load_ram app.bin", "load-ram app.bin", "" },
	{ "dump_mem 0x40000000 0x1000 rom.bin", "dump-mem 0x40000000 0x1000 rom.bin", "" },
	{ "read_mem 0x40001000", "read-mem 0x40001000", "" },
	{ "write_mem 0x3fc90000 1 0xff", "write-mem 0x3fc90000 1 0xff", "" },
	{ "esptool -p X run", "run --port X", "" },
	{ "esptool version", "--version", "" },
	{ "esptool.py --help", "--help", "" },
	{ "esptool.py write_flash -h", "write-bin --help", "" },
	{ "esptool --connect-attempts 0 -p X chip-id", "board-info --port X",
	  "'--connect-attempts 0'" },
	{ "esptool --connect-attempts 3 -t -p X chip-id",
	  "board-info --connect-attempts 3 --verbose --port X", "" },
	{ "--port-filter serial=ABC erase_flash", "erase-flash --port serial=ABC", "" },
	{ "image_info --version 2 app.bin", "image-info app.bin", "" },
	{ "--chip esp32 -p X image_info app.bin", "image-info --chip esp32 app.bin", "" },
	{ "--chip esp32c3 elf2image --flash_mode dio --flash_freq 80m --flash_size 2MB "
	  "--elf-sha256-offset 0xb0 --min-rev-full 3 -o app.bin build/app.elf",
	  "save-image --chip esp32c3 --flash-mode dio --flash-freq 80mhz --flash-size 2mb "
	  "--min-chip-rev 0.3 build/app.elf app.bin",
	  "" },
	{ "--chip esp32 elf2image app.elf", "save-image --chip esp32 app.elf app.bin", "" },
	/* all that is lacking, at once */
	{ "--chip esp8266 --after soft_reset -p X write_flash --encrypt -sc HSPI 0 a",
	  "write-bin --port X --encrypt 0 a",
	  "'--chip esp8266', '--after soft_reset', '-sc HSPI'" },
	/* words behind --encrypt-files are its values, up to the next option */
	{ "write_flash 0 a --encrypt-files 0x1000 b 0x2000 c -z",
	  "write-bin --encrypt-files 0x1000 b 0x2000 c 0 a", "" },
	{ "--chip esp32 merge_bin -o all.bin -f uf2 0x1000 a 0x8000 b",
	  "save-image --chip esp32 --format uf2 0x1000 a 0x8000 b all.bin", "" },
	{ "--chip esp32 merge-bin -o all.bin --flash-mode dio --flash-freq keep --flash-size 4MB "
	  "-t 0x1000 --pad-to-size 8MB 0x1000 a",
	  "save-image --chip esp32 --flash-mode dio --flash-size 4mb --target-offset 0x1000 "
	  "--pad-to-size 8mb 0x1000 a all.bin",
	  "" },
	{ "--chip esp32 merge_bin --output all.bin --fill-flash-size 4MB --chunk-size 256 "
	  "--md5-disable 0x1000 a",
	  "save-image --chip esp32 --pad-to-size 4mb --chunk-size 256 --md5-disable 0x1000 a "
	  "all.bin",
	  "" },
	{ "merge_bin 0 a", "save-image 0 a", "" },
	{ "-p X read_flash_status --bytes 2", "flash-id --port X",
	  "'read-flash-status', '--bytes 2'" },
	{ "write_flash --diff-with a b 0 c", "write-bin", "'--diff-with'" },
	{ "write_flash --nonsense 0 c", "write-bin 0 c", "'--nonsense'" },
};

START_TEST(as_ours)
{
	char shown[1024];

	ck_assert_msg(read_line(lines[_i].line), "%s", lines[_i].line);
	snprintf(shown, sizeof(shown), "espflash-c %s", lines[_i].shown);
	ck_assert_str_eq(line.shown, shown);
	ck_assert_str_eq(line.missing, lines[_i].missing);
}
END_TEST

/* The commands of `esptool.py --help` 4.8.1 and `esptool --help` 5.3. */
static const char *const commands[] = {
	"load_ram",          "dump_mem",
	"read_mem",          "write_mem",
	"write_flash",       "run",
	"image_info",        "make_image",
	"elf2image",         "read_mac",
	"chip_id",           "flash_id",
	"read_flash_status", "write_flash_status",
	"read_flash",        "verify_flash",
	"erase_flash",       "erase_region",
	"read_flash_sfdp",   "merge_bin",
	"get_security_info", "version",
};

/* Each command, in both spellings, is understood or answered: as words alone and behind esptool. */
START_TEST(every_command)
{
	const char *name = commands[_i];
	char dashes[64], text[128];
	struct ef_err err = EF_ERR_INIT;

	snprintf(dashes, sizeof(dashes), "%s", name);
	for (char *c = dashes; *c; c++)
		*c = (char)(*c == '_' ? '-' : *c);
	snprintf(text, sizeof(text), "esptool.py -p X %s", name);
	ck_assert(read_line(text));
	snprintf(text, sizeof(text), "esptool -p X %s", dashes);
	ck_assert(read_line(text));
	snprintf(text, sizeof(text), "-p X %s", dashes);
	ck_assert(read_line(text));
	ck_assert_int_gt(line.argc, 0);
	ck_assert(line.argv[0][0] == '-' || opt_command_find(&cli_program, line.argv[0]));
	if (line.missing[0]) {
		ck_assert(!esptool_line_fail(&line, &err));
		ck_assert_int_eq(err.code, EF_E_USAGE);
		ck_assert_ptr_nonnull(strstr(ck_hint(&err), line.shown));
	}
	ck_assert(read_line(name) != (opt_command_find(&cli_program, name) != NULL));
}
END_TEST

/* A slip in one of our command lines stays a slip: it does not lead to another command. */
START_TEST(not_esptools)
{
	static const char *const ours[] = {
		"read-flash -p 0 0x100 f",
		"flash-id -b 460800",
		"erase-flash --prot X",
		"--prot X erase-flash",
		"flash app.elf --nonsense",
		"verify-flash --diff 0 a",
		"-p X flash app.elf",
		"python app.py",
		"write",
		"",
	};

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		ck_assert_msg(!read_line(ours[i]), "%s", ours[i]);
}
END_TEST

/* Header options go through where our command has them, in esptool's three spellings. */
START_TEST(header_options)
{
	const struct opt_command *c = opt_command_find(&cli_program, "write-bin");
	struct opt_ref ref = { 0 };
	bool is_there = false;

	while (opt_next(&cli_program, c, &ref))
		is_there = is_there || strcmp(ref.opt->name, "flash-mode") == 0;
	ck_assert(read_line("write_flash --flash_mode dio -ff 40m --flash-size 4MB 0x1000 a"));
	if (is_there)
		ck_assert_str_eq(line.shown,
				 "espflash-c write-bin --flash-mode dio --flash-freq 40mhz "
				 "--flash-size 4mb 0x1000 a");
	else
		ck_assert_str_eq(line.missing, "'--flash_mode dio', '-ff 40m', '--flash-size 4MB'");
}
END_TEST

/* Words with blanks are quoted in what the user is to type; long lines fit. */
START_TEST(quoting_and_length)
{
	char write[] = "write_flash", zero[] = "0", name[] = "my app.bin", text[] = "a";
	char *argv[] = { write, zero, name };
	char *many[600];

	ck_assert(esptool_line_read(&cli_program, 3, argv, &line));
	ck_assert_str_eq(line.shown, "espflash-c write-bin 0 'my app.bin'");
	ck_assert_str_eq(line.argv[2], "my app.bin");
	many[0] = write;
	for (int i = 1; i < 600; i++)
		many[i] = text;
	ck_assert(!esptool_line_read(&cli_program, 600, many, &line));
	ck_assert(esptool_line_read(&cli_program, 101, many, &line));
	ck_assert_int_eq(line.argc, 101);
}
END_TEST

Suite *suite_esptool_line(void);
Suite *suite_esptool_line(void)
{
	Suite *s = suite_create("esptool_line");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, as_ours, 0, sizeof(lines) / sizeof(lines[0]));
	tcase_add_loop_test(t, every_command, 0, sizeof(commands) / sizeof(commands[0]));
	tcase_add_test(t, not_esptools);
	tcase_add_test(t, header_options);
	tcase_add_test(t, quoting_and_length);
	suite_add_tcase(s, t);
	return s;
}
