/* SPDX-License-Identifier: MIT */
/*
 * Which lines of a log get names. Texts in the words of ESP-IDF v5/v6's panic
 * handler, of esp-backtrace, of the ROMs and the second-stage bootloader; the
 * ELF is of the corpus' kind but made here: code at 0x400d0000 and 0x42000000.
 */
#include "decoder_rig.h"

enum { CODE = 0x1000 };

/* One function of 64 bytes at each multiple of 64: f00, f01... */
static struct made program(uint16_t machine, uint32_t addr)
{
	static uint8_t table[64 * 16], names[64 * 4 + 1];
	struct make_section sections[] = {
		{ ".text", 1, 6, addr, CODE, NULL },
		{ ".symtab", 2, 0, 0, sizeof(table), table },
		{ ".strtab", 3, 0, 0, sizeof(names), names },
	};
	struct made m;

	for (unsigned i = 0; i < 64; i++) {
		uint8_t *p = table + (size_t)i * 16;

		memset(p, 0, 16);
		ef_put_le32(p, 1 + i * 4);
		ef_put_le32(p + 4, addr + i * 64);
		ef_put_le32(p + 8, 64);
		p[12] = 2;
		p[14] = 1;
		names[1 + i * 4] = 'f';
		names[2 + i * 4] = (uint8_t)('0' + i / 10);
		names[3 + i * 4] = (uint8_t)('0' + i % 10);
	}
	m = make_elf(machine, sections, EF_ARRAY_LEN(sections));
	ef_put_le32(made_shdr(&m, 2) + SH_LINK, 3);
	return m;
}

static struct rig rig;

static void xtensa(struct ef_decoder_opts opts)
{
	rig_open(&rig, program(EF_EM_XTENSA, 0x400d0000), opts);
}

static void riscv(struct ef_decoder_opts opts)
{
	rig_open(&rig, program(EF_EM_RISCV, 0x42000000), opts);
}

static const struct ef_decoder_opts usual = { .no_addresses = false };

START_TEST(xtensa_backtrace)
{
	xtensa(usual);
	rig_feed(&rig,
		 "Backtrace: 0x400d0004:0x3ffb5030 0x400d0041:0x3ffb5050 0x4008ffff:0x3ffb5070",
		 "0x400d0004 - f00\n    at ??:??\n0x400d0041 - f01\n    at ??:??\n");
	/* before ESP-IDF 4.4: no blank */
	rig_feed(&rig, "Backtrace:0x400d0004:0x400d0044 0x400d0081:0x3ffb5050 |<-CORRUPTED",
		 "0x400d0004 - f00\n    at ??:??\n0x400d0081 - f02\n    at ??:??\n"
		 "    (the stack is damaged: the last of these may be wrong)\n");
	rig_feed(&rig, "Backtrace: 0x400d0004:0x3ffb5030 |<-CONTINUES",
		 "0x400d0004 - f00\n    at ??:??\n"
		 "    (there were more calls than the chip prints)\n");
	/* raw return addresses: window bits, and the call is 3 bytes before */
	rig_feed(&rig, "Backtrace: 0x800d0040:0x3ffb5030 0xc00d0080:0x3ffb5050",
		 "0x800d0040 - f00\n    at ??:??\n0xc00d0080 - f01\n    at ??:??\n");
	rig_feed(&rig, "Backtrace:", "");
	rig_close(&rig);
}
END_TEST

/*
 * Neither address follows a call, so the decoder does not change them (test_unwind.c has some
 * that do).
 */
START_TEST(riscv_backtrace)
{
	riscv(usual);
	rig_feed(&rig, "Backtrace: 0x42000040:0x3fc90000 0x42000080:0x3fc90020",
		 "0x42000040 - f01\n    at ??:??\n0x42000080 - f02\n    at ??:??\n");
	rig_close(&rig);
}
END_TEST

START_TEST(xtensa_registers)
{
	static const char dump[] = "Core  0 register dump:\n"
				   "PC      : 0x400d00c4  PS      : 0x00060b30  A0      : "
				   "0x800d0100  A1      : 0x3ffb4f90  \n"
				   "A2      : 0x400d0200  A3      : 0x00000001  A4      : "
				   "0x00000000  A5      : 0x00000000  \n"
				   "A14     : 0x400d0240  A15     : 0x00000000  SAR     : "
				   "0x00000004  EXCCAUSE: 0x0000001d  \n"
				   "EXCVADDR: 0x400d0280  LBEG    : 0x400d02c0  LEND    : "
				   "0x400d0300  LCOUNT  : 0xffffffff  \n"
				   "Core  0 was running in ISR context:\n"
				   "EPC1    : 0x400d0340  EPC2    : 0x00000000\n";

	xtensa(usual);
	rig_feed(&rig, dump, "0x400d00c4 - f03\n    at ??:??\n0x800d0100 - f03\n    at ??:??\n");
	rig_close(&rig);
	xtensa((struct ef_decoder_opts){ .all_addresses = true });
	rig_feed(&rig, dump, NULL);
	for (unsigned i = 0x200; i <= 0x340; i += 0x40) {
		char want[32];

		snprintf(want, sizeof(want), "0x400d0%03x - f", i);
		ck_assert_msg(strstr(rig.said, want), "%s", want);
	}
	rig_close(&rig);
}
END_TEST

START_TEST(riscv_registers)
{
	riscv(usual);
	rig_feed(&rig,
		 "Core  0 register dump:\n"
		 "MEPC    : 0x42000004  RA      : 0x42000080  SP      : 0x3fc91234  GP      : "
		 "0x3fc8a000\n"
		 "S0/FP   : 0x42000100  S1      : 0x42000140  A0      : 0x42000180  A1      : "
		 "0x00000000\n"
		 "MSTATUS : 0x00001881  MTVEC   : 0x42000201  MCAUSE  : 0x00000005  MTVAL   : "
		 "0x00000000\n",
		 /* what returns to 0x42000080 was called from the function before */
		 "0x42000004 - f00\n    at ??:??\n0x42000080 - f01\n    at ??:??\n");
	/* esp-backtrace */
	rig_feed(&rig,
		 "Exception 'Load access fault' mepc=0x42000040, mtval=0x00000004\n"
		 "TrapFrame\n"
		 "PC=0x42000044         RA/x1=0x420000c0      SP/x2=0x3fc91234      "
		 "GP/x3=0x42000300\n"
		 "T0/x5=0x42000340      T1/x6=0x00000000      S0/FP/x8=0x42000380   "
		 "S1/x9=0x420003c0\n"
		 "MTVAL=0x42000004\n",
		 "0x42000040 - f01\n    at ??:??\n0x42000044 - f01\n    at ??:??\n"
		 "0x420000c0 - f02\n    at ??:??\n");
	rig_close(&rig);
}
END_TEST

/* A line with nothing else: espflash leaves the address out. */
START_TEST(esp_backtrace_lines)
{
	riscv(usual);
	rig_feed(&rig,
		 "====================== PANIC ======================\n"
		 "panicked at src/main.rs:10:5:\nBacktrace:\n\n0x42000044\n0x42000084\n\n",
		 "f01\n    at ??:??\nf02\n    at ??:??\n");
	rig_feed(&rig, "\033[31m0x42000044", "f01\n    at ??:??\n");
	rig_feed(&rig, "\033[31m0x42000044\r", "f01\n    at ??:??\n");
	rig_feed(&rig, "at 0x42000044", "0x42000044 - f01\n    at ??:??\n");
	rig_close(&rig);
}
END_TEST

/* What the boot of an ESP32 prints, with addresses that are code of the ELF. */
START_TEST(boot_lines_are_left_alone)
{
	static const char boot[] = "rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\n"
				   "load:0x400d0030,len:7084\n"
				   "load:0x400d0078,len:15576\n"
				   "ho 0 tail 12 room 4\n"
				   "entry 0x400d05e4\n"
				   "csum err:0x400d0000!=0x400d0040\n"
				   "I (58) esp_image: segment 3: paddr=0x00030020 vaddr=0x400d0020 "
				   "size=0x18ca8 (101544) map\n"
				   "\033[0;32mI (95) esp_image: segment 1: paddr=00012a30 "
				   "vaddr=400d0000 size=018c4h\033[0m\n"
				   "Saved PC:0x400d0041\n"
				   "I (0) cpu_start: Starting app cpu, entry point is 0x400d0fb4\n";

	xtensa(usual);
	rig_feed(&rig, boot, "");
	rig_feed(&rig, "abort() was called at PC 0x400d0041 on core 0",
		 "0x400d0041 - f01\n    at ??:??\n");
	rig_close(&rig);
	xtensa((struct ef_decoder_opts){ .all_addresses = true });
	rig_feed(&rig, boot, NULL);
	ck_assert_ptr_nonnull(strstr(rig.said, "0x400d05e4 - f23"));
	ck_assert_ptr_nonnull(strstr(rig.said, "0x400d0078 - f01"));
	rig_close(&rig);
	xtensa((struct ef_decoder_opts){ .no_addresses = true });
	rig_feed(&rig, "Backtrace: 0x400d0004:0x3ffb5030\nat 0x400d0041\n", "");
	rig_close(&rig);
}
END_TEST

START_TEST(what_is_no_address)
{
	xtensa(usual);
	rig_feed(&rig,
		 "0x400d00410 0x400d004 00x400d0041 a0x400d0041 0x400d0041z 400d0041 0x3ffb5030",
		 "");
	rig_feed(&rig, "0x", "");
	rig_feed(&rig, "0x400d004", "");
	rig_feed(&rig, "", "");
	/* once a line, and in upper case, too */
	rig_feed(&rig, "x 0x400D0041 0x400d0041,0X400d0081",
		 "0x400d0041 - f01\n    at ??:??\n0x400d0081 - f02\n    at ??:??\n");
	rig_close(&rig);
}
END_TEST

START_TEST(other_firmware_is_told_once)
{
	static const uint8_t hash[32] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef };

	riscv((struct ef_decoder_opts){ .elf_sha256 = hash, .no_addresses = true });
	rig_feed(&rig,
		 "I (210) app_init: ELF file SHA256:  012345678...\nELF file SHA256: "
		 "0123456789ABCDEF\n",
		 "");
	/* no hash in the image; none at all; garbled */
	rig_feed(&rig,
		 "ELF file SHA256: 0000000000000000\nELF file SHA256: No SHA256 Embedded\nELF file "
		 "SHA256: 01234",
		 "");
	rig_feed(&rig,
		 "I (210) app_init: ELF file SHA256:  a12345678...\nELF file SHA256: a12345678\n",
		 "warning: another firmware is running: its ELF has SHA-256 a12345678, the one "
		 "given "
		 "has 012345678; names and lines may be wrong\n");
	rig_feed(&rig, "ELF file SHA256: b12345678\n", NULL);
	ck_assert_ptr_nonnull(strstr(rig.said, "b12345678"));
	rig_close(&rig);
}
END_TEST

/* Several apps (a test app, the factory app): either may run. */
START_TEST(hashes_of_several_apps)
{
	static const uint8_t hashes[64] = { [0] = 0xaa, [32] = 0xbb, [33] = 0xcc };
	struct ef_decoder_opts opts = { .elf_sha256 = hashes,
					.elf_sha256_count = 2,
					.no_addresses = true };

	riscv(opts);
	rig_feed(&rig, "ELF file SHA256: aa0000000\nELF file SHA256: bbcc00000\n", "");
	rig_feed(&rig, "ELF file SHA256: cc0000000\n", NULL);
	ck_assert_ptr_nonnull(strstr(rig.said, "the one given has aa0000000;"));
	rig_close(&rig);
}
END_TEST

/* The decoder compares hashes even without an ELF. */
START_TEST(works_without_symbols)
{
	static const uint8_t hash[32] = { 1 };
	struct ef_decoder_opts opts = { .elf_sha256 = hash };
	struct ef_err err = EF_ERR_INIT;

	rig = (struct rig){ .len = 0 };
	ck_ok(ef_decoder_open(&opts, rig_sink, &rig, &rig.decoder, &err), &err);
	rig_feed(&rig, "Backtrace: 0x400d0004:0x3ffb5030", "");
	rig_feed(&rig, "ELF file SHA256: ffffffffff", NULL);
	ck_assert_uint_gt(rig.len, 0);
	ef_decoder_flush(rig.decoder);
	rig_close(&rig);
}
END_TEST

Suite *suite_decoder(void);

Suite *suite_decoder(void)
{
	Suite *s = suite_create("decoder");
	TCase *tc = tcase_create("decoder");

	tcase_add_test(tc, xtensa_backtrace);
	tcase_add_test(tc, riscv_backtrace);
	tcase_add_test(tc, xtensa_registers);
	tcase_add_test(tc, riscv_registers);
	tcase_add_test(tc, esp_backtrace_lines);
	tcase_add_test(tc, boot_lines_are_left_alone);
	tcase_add_test(tc, what_is_no_address);
	tcase_add_test(tc, other_firmware_is_told_once);
	tcase_add_test(tc, hashes_of_several_apps);
	tcase_add_test(tc, works_without_symbols);
	suite_add_tcase(s, tc);
	return s;
}
