/* SPDX-License-Identifier: MIT */
/*
 * Waits and rooms to the microsecond and to the byte, on a port in memory: how long a started
 * chip is listened to, how long the proof of a reset takes, how long a chip is heard that was
 * reset during the work, how many bytes of requests are under way, when a packet counts as begun,
 * and how often a controller is asked.
 */
#include "flasher/read_part.h"
#include "flasher/session.h"
#include "flasher/spi_flash.h"
#include "flasher/work_log.h"
#include "ck_ef.h"
#include "rig/fake_port.h"

static struct ef_flasher f;
static struct fake_port port;
static struct ef_err err;
static char said[512];

static void on_event(void *user, const struct ef_event *e)
{
	size_t len = strlen(said);

	(void)user;
	(void)snprintf(said + len, sizeof(said) - len, "%s\n", e->text);
}

static void start(const char *chip, enum ef_loader loader)
{
	memset(&f, 0, sizeof(f));
	fake_init(&port, EF_PORT_HAS_LINES | EF_PORT_HAS_BAUD);
	port.now_us = 7000000;
	port.base.info.vid = 0x10c4;
	err = (struct ef_err)EF_ERR_INIT;
	said[0] = '\0';
	f.port = &port.base;
	f.dev.chip = ef_chip_by_name(chip);
	f.opts.event = on_event;
	ck_ok(ef_rom_init(&f.rom, &port.base, &err), &err);
	f.rom.loader = loader;
}

/* ---- listening ---- */

#define HELLO                                                                                      \
	"rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)\r\nload:0x3fcd5810,len:0x1570\r\n"       \
	"entry 0x403cc710\r\nHello\r\n"
#define ROM_ONLY "rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)\r\n"

static const struct {
	const char *text;
	uint32_t limit_ms;
	uint64_t took_us;
	bool has_word;
} heard[] = {
	/* an application gets 200 ms to crash, but not more than the caller waits */
	{ HELLO, 1500, 200000, true }, { HELLO, 150, 150000, true },
	{ HELLO, 200, 200000, true },  { ROM_ONLY, 1500, 1500000, false },
	{ NULL, 700, 700000, false },
};

START_TEST(listens_so_long)
{
	const struct ef_listen_opts opts = { .limit_ms = heard[_i].limit_ms };
	struct ef_start got;

	start("esp32c3", EF_LOADER_ROM);
	if (heard[_i].text) {
		port.in = (const uint8_t *)heard[_i].text;
		port.in_len = strlen(heard[_i].text);
	}
	ck_ok(ef_flasher_listen(&f, &opts, &got, &err), &err);
	ck_assert_uint_eq(port.now_us, 7000000 + heard[_i].took_us);
	ck_assert_int_eq(got.has_first_word, heard[_i].has_word);
	ck_assert_int_eq(got.state, heard[_i].has_word ? EF_START_RUNNING : EF_START_SILENT);
	ef_rom_release(&f.rom);
}
END_TEST

static unsigned reopens, leaves;

static bool comes_back(struct ef_port *self, uint64_t deadline_us, struct ef_err *e)
{
	(void)self;
	ck_assert_uint_eq(deadline_us, port.now_us + 3000000); /* enumerate_ms */
	if (reopens++ < leaves)
		return true;
	return ef_fail(e, EF_E_PORT, "it does not come back");
}

/* The device leaves for the reset and for the application's own USB; at the fourth time it loops.
 */
START_TEST(device_that_leaves)
{
	const struct ef_listen_opts opts = { .limit_ms = 700 };
	struct ef_start got;

	start("esp32c3", EF_LOADER_ROM);
	(void)snprintf(port.base.info.name, sizeof(port.base.info.name), "x");
	port.ops.reopen = comes_back;
	port.fails.read = EF_E_PORT;
	reopens = 0;
	leaves = _i ? 2 : 10;
	ck_ok(ef_flasher_listen(&f, &opts, &got, &err), &err);
	ck_assert_uint_eq(reopens, _i ? 3 : 4);
	ck_assert_int_eq(got.state, _i ? EF_START_SILENT : EF_START_LOOP);
	ck_assert_str_eq(got.line, _i ? "" : "'x' went away 4 times");
	ck_assert_uint_eq(port.sent_len, 0);
	ef_rom_release(&f.rom);
}
END_TEST

static bool is_interrupted(struct ef_port *self, uint64_t deadline_us, struct ef_err *e)
{
	(void)self;
	(void)deadline_us;
	return ef_fail(e, EF_E_INTR, "interrupted");
}

/* A device that stays away only ends the listening; the user's Ctrl-C ends the command. */
START_TEST(user_who_does_not_wait_for_the_device)
{
	const struct ef_listen_opts opts = { .limit_ms = 700 };
	struct ef_start got;

	start("esp32c3", EF_LOADER_ROM);
	port.ops.reopen = is_interrupted;
	port.fails.read = EF_E_PORT;
	ck_fails(ef_flasher_listen(&f, &opts, &got, &err), &err, EF_E_INTR, "interrupted");
	ef_rom_release(&f.rom);
}
END_TEST

/* ---- the proof of a reset ---- */

static const char *words;
static size_t words_len;

/* The chip speaks once its reset line is released. */
static void speak_when_released(struct fake_port *p)
{
	if (p->log_len < 4 || strcmp(p->log + p->log_len - 4, " R0\n") != 0 || p->user)
		return;
	p->user = p;
	p->in = (const uint8_t *)words;
	p->in_len = words_len;
}

/*
 * The pulse is that of esptool's HardReset (reset.py), though the second half of it is listened to.
 * Words that prove nothing leave the chip the whole second, and half a second more on a network.
 */
START_TEST(proof_takes_so_long)
{
	struct ef_reset_try how = { .hear_hz = 115200, .loader_hz = 115200 };
	struct ef_reset_proof proof;

	start("esp32c3", EF_LOADER_ROM);
	words = "hello all\r\n";
	words_len = 11;
	port.base.caps |= _i ? EF_PORT_REMOTE : 0u;
	port.on_read = speak_when_released;
	how.reset = ef_reset_hard(&port.base);
	ck_ok(ef_reset_prove(&how, &f.rom, &proof, &err), &err);
	ck_assert_ptr_nonnull(strstr(port.log, "7000 R1\n7100 R0\n"));
	ck_assert_uint_eq(port.now_us, 7100000 + (_i ? 1500000 : 1000000));
	ck_assert(!proof.is_proved && !proof.is_talking && proof.has_words);
	ck_assert_uint_eq(port.sent_len, 0);
	ef_rom_release(&f.rom);
}
END_TEST

/* Eight readable bytes are a chip that starts. Fewer may come of the pulse: the loader is asked. */
START_TEST(words_after_a_reset)
{
	struct ef_reset_try how = { .hear_hz = 115200, .loader_hz = 115200 };
	enum ef_reset_effect effect;

	start("esp32c3", EF_LOADER_ROM);
	words = "hello all\r\n";
	words_len = 7 + (size_t)_i;
	port.on_read = speak_when_released;
	how.reset = ef_reset_hard(&port.base);
	ck_ok(ef_reset_try(&how, &f.rom, &effect, &err), &err);
	ck_assert_int_eq(effect, _i ? EF_RESET_HEARD : EF_RESET_QUIET);
	ck_assert_int_eq(port.sent_len > 0, !_i);
	ef_rom_release(&f.rom);
}
END_TEST

/* A ROM's answer to SPI_FLASH_MD5 has 32 hex digits (esptool). A late one is no word of a start. */
START_TEST(late_answer_after_a_reset)
{
	static const char answer[] = "\xc0\x01\x13\x24\0\0\0\0\0"
				     "d41d8cd98f00b204e9800998ecf8427e\0\0\0\0\xc0";
	struct ef_reset_try how = { .hear_hz = 115200, .loader_hz = 115200 };
	enum ef_reset_effect effect;

	start("esp32c3", EF_LOADER_ROM);
	words = answer;
	words_len = sizeof(answer) - 1;
	port.on_read = speak_when_released;
	how.reset = ef_reset_hard(&port.base);
	ck_ok(ef_reset_try(&how, &f.rom, &effect, &err), &err);
	ck_assert_int_eq(effect, EF_RESET_QUIET);
	ck_assert_uint_gt(port.sent_len, 0);
	ef_rom_release(&f.rom);
}
END_TEST

static void fail_once(struct fake_port *p)
{
	p->fails.read = p->reads == 1 ? EF_E_INTR : EF_OK;
}

/* Ctrl-C while the chip is listened to: the loader is not asked. */
START_TEST(interrupted_after_a_reset)
{
	struct ef_reset_try how = { .hear_hz = 115200, .loader_hz = 115200 };
	enum ef_reset_effect effect;

	start("esp32c3", EF_LOADER_ROM);
	port.reads = 0;
	port.on_read = fail_once;
	how.reset = ef_reset_hard(&port.base);
	ck_fails(ef_reset_try(&how, &f.rom, &effect, &err), &err, EF_E_INTR, "fails");
	ck_assert_uint_eq(port.sent_len, 0);
	ef_rom_release(&f.rom);
}
END_TEST

/* ---- a reset during the work ---- */

/* A ROM's greeting comes within 60 ms; a loader that answers says nothing more. */
START_TEST(hears_so_long)
{
	static const enum ef_heard by[] = { EF_HEARD_NOBODY, EF_HEARD_LOADER, EF_HEARD_CONTENT };
	struct ef_rx_log *rx = &f.record.rx;
	bool was_reset;

	start("esp32c3", EF_LOADER_ROM);
	ef_work_log_start(&f);
	ck_ok(ef_work_log_heard(&f, by[_i], &was_reset, &err), &err);
	ck_assert_uint_eq(port.now_us, 7000000); /* nothing came, so there is nothing to hear */
	rx->len = rx->total = 3;
	memcpy(rx->data, "ets", 3);
	ck_ok(ef_work_log_heard(&f, by[_i], &was_reset, &err), &err);
	ck_assert_uint_eq(port.now_us, 7000000 + (_i ? 0 : 60000));
	ck_assert(!was_reset);
	ck_assert_uint_eq(rx->len, 0);
	f.rom.rx_log = NULL;
	ck_ok(ef_work_log_heard(&f, by[_i], &was_reset, &err), &err);
	ef_rom_release(&f.rom);
}
END_TEST

#define BOOT ",boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n"

/*
 * Each reason but "none" proves a reset; a brown-out is told, and beats the watchdogs. A log with
 * several boots is one loss.
 */
static const struct {
	const char *text;
	bool was_reset;
	unsigned power, watchdog; /* counted */
} reasons[] = {
	{ "rst:0x1 (POWERON_RESET)" BOOT, true, 0, 0 },
	{ "rst:0xc (SW_CPU_RESET)" BOOT, true, 0, 0 },
	{ "rst:0x8 (TG1WDT_SYS_RESET)" BOOT, true, 0, 1 },
	{ "rst:0x8 (TG1WDT_SYS_RESET)" BOOT "rst:0x8 (TG1WDT_SYS_RESET)" BOOT, true, 0, 1 },
	{ "rst:0xf (RTCWDT_BROWN_OUT_RESET)" BOOT, true, 1, 0 },
	{ "rst:0xf (RTCWDT_BROWN_OUT_RESET)" BOOT "rst:0x8 (TG1WDT_SYS_RESET)" BOOT, true, 1, 0 },
	{ "rst:0x8 (TG1WDT_SYS_RESET)" BOOT "rst:0xf (RTCWDT_BROWN_OUT_RESET)" BOOT, true, 1, 0 },
	{ "hello\r\n", false, 0, 0 },
	{ "waiting for download\r\n", false, 0, 0 },
};

START_TEST(resets_that_are_heard)
{
	struct ef_rx_log *rx = &f.record.rx;
	const char *text = reasons[_i].text;
	bool was_reset, is_kept;

	for (unsigned before = 0; before < 2; before++) {
		start("esp32", EF_LOADER_ROM);
		ef_work_log_start(&f);
		f.record.work_boots.power = before;
		rx->len = rx->total = strlen(text);
		memcpy(rx->data, text, rx->len);
		ck_ok(ef_work_log_heard(&f, EF_HEARD_LOADER, &was_reset, &err), &err);
		ck_assert_int_eq(was_reset, reasons[_i].was_reset);
		ck_assert_uint_eq(f.record.work_boots.power, reasons[_i].power + before);
		ck_assert_uint_eq(f.record.work_boots.watchdog, reasons[_i].watchdog);
		ck_assert_int_eq(strstr(said, "brown-out") != NULL, reasons[_i].power);
		is_kept = reasons[_i].power || (reasons[_i].watchdog && !before);
		ck_assert_uint_eq(f.record.work_rx.len, is_kept ? strlen(text) : 0);
		ck_assert_ptr_eq(f.rom.rx_log, rx);
		ck_assert(rx->keeps_first && rx->len == 0);
		ef_rom_release(&f.rom);
	}
}
END_TEST

/* ---- requests under way ---- */

/*
 * A request has 14 bytes, and one more for each c0 or db in it. A UART's ROM takes 128 bytes, one
 * on USB-Serial/JTAG 64.
 */
static const struct {
	bool is_jtag;
	unsigned escapes; /* in the first requests */
	unsigned ahead;
} rooms[] = {
	{ false, 0, 9 }, { false, 2, 9 }, { false, 3, 8 }, { false, 16, 8 },
	{ true, 0, 4 },  { true, 8, 4 },  { true, 9, 3 },
};

static size_t first_len;

static void note_first(struct fake_port *p, const uint8_t *data, size_t len)
{
	(void)p;
	if (first_len)
		return;
	for (size_t i = 0; i + 1 < len; i++)
		first_len += data[i] == 0xc0 && data[i + 1] == 0x00;
}

START_TEST(requests_under_way)
{
	unsigned escapes = rooms[_i].escapes;
	uint32_t addrs[12], values[12];

	start("esp32c3", EF_LOADER_ROM);
	for (unsigned i = 0; i < 12; i++) {
		uint32_t addr = 0x60008800 + 4 * i;

		for (unsigned byte = 0; byte < 3 && escapes; byte++, escapes--)
			addr = (addr & ~(0xffu << 8 * byte)) | 0xc0u << 8 * byte;
		addrs[i] = addr;
	}
	f.dev.is_usb_jtag = rooms[_i].is_jtag;
	first_len = 0;
	port.on_write = note_first;
	ck_assert(!ef_session_read_regs(&f, addrs, 12, values, &err));
	ck_assert_uint_eq(first_len, rooms[_i].ahead);
	ef_err_clear(&err);
	ef_rom_release(&f.rom);
}
END_TEST

/* ---- a packet that has begun ---- */

static unsigned acks;

/* Answer the request; count what is acknowledged. */
static void play_stub(struct fake_port *p, const uint8_t *data, size_t len)
{
	static uint8_t out[64];
	static const uint8_t ok[] = { 0xc0, 1, 0xd2, 2, 0, 0, 0, 0, 0, 0, 0, 0xc0 };

	if (len > 10 && data[2] == EF_OP_READ_FLASH) {
		size_t n = (size_t)(uintptr_t)p->user;

		memcpy(out, ok, sizeof(ok));
		out[sizeof(ok)] = 0xc0;
		memset(out + sizeof(ok) + 1, 0x11, n);
		p->in = out;
		p->in_len = sizeof(ok) + 1 + n;
	} else if (len == 6) {
		acks++; /* four bytes and delimiters */
	}
}

static void ignore(void *ctx, uint32_t from, uint32_t to)
{
	(void)ctx;
	(void)from;
	(void)to;
}

/* Eight bytes of a packet are no noise: the stub gets its acknowledgement. Seven may be some. */
START_TEST(packet_that_has_begun)
{
	static const struct {
		size_t bytes;
		uint32_t len;
		unsigned acks;
	} packets[] = { { 8, 64, 1 }, { 7, 64, 0 }, { 9, 64, 1 }, { 4, 4, 1 }, { 3, 4, 0 } };
	uint8_t buf[64];
	struct read_part p = {
		.len = packets[_i].len, .packet = 64, .buf = buf, .arrived = ignore
	};

	start("esp32c3", EF_LOADER_STUB);
	port.user = (void *)(uintptr_t)packets[_i].bytes;
	port.on_write = play_stub;
	acks = 0;
	ck_assert(!read_part_stub(&f, &p, &err));
	ck_assert_msg(acks == packets[_i].acks, "%u: %s", acks, err.msg);
	ef_err_clear(&err);
	ef_rom_release(&f.rom);
}
END_TEST

/* The port goes away within a packet: that counts as damage, so the next ones are shorter. */
START_TEST(packet_that_is_cut_off)
{
	uint8_t buf[64];
	struct read_part p = { .len = 64, .packet = 64, .buf = buf, .arrived = ignore };

	start("esp32c3", EF_LOADER_STUB);
	port.user = (void *)(uintptr_t)20;
	port.on_write = play_stub;
	port.fails.read = EF_E_PORT;
	ck_fails(read_part_stub(&f, &p, &err), &err, EF_E_PORT, "the fake port fails");
	ck_assert_uint_eq(p.packets, 1);
	ck_assert_uint_eq(p.damaged, 1);
	ef_rom_release(&f.rom);
}
END_TEST

/* ---- flash whose size nobody knows ---- */

/* A ROM takes 2 MiB for granted, and addresses of 24 bits reach 16 MiB. */
START_TEST(ends_of_flash)
{
	static const struct {
		uint32_t addr, len;
		bool warns, reaches;
	} ranges[] = {
		{ 0, 0x200000, false, true },        { 0, 0x200001, true, true },
		{ 0x1fffff, 1, false, true },        { 0x200000, 1, true, true },
		{ 0xffffff, 1, true, true },         { 0xffffff, 2, true, false },
		{ 0xfffff000, 0x1000, true, false }, { 0xffffffff, 0xffffffff, true, false },
	};

	for (size_t i = 0; i < EF_ARRAY_LEN(ranges); i++) {
		start("esp32s3", EF_LOADER_ROM);
		f.dev.is_secure_download = true;
		ef_flash_warn_unseen(&f, ranges[i].addr, ranges[i].len);
		ck_assert_int_eq(said[0] != '\0', ranges[i].warns);
		said[0] = '\0';
		ck_assert_int_eq(
			ef_flash_reach_check(&f, NULL, ranges[i].addr, ranges[i].len, &err),
			ranges[i].reaches);
		ef_err_clear(&err);
		/* neither is asked where the size is known, or the stub has long addresses */
		f.dev.flash_size = 4u << 20;
		ef_flash_warn_unseen(&f, ranges[i].addr, ranges[i].len);
		f.dev.flash_size = 0;
		f.dev.is_secure_download = false;
		ef_flash_warn_unseen(&f, ranges[i].addr, ranges[i].len);
		ck_assert_str_eq(said, "");
		f.rom.loader = EF_LOADER_STUB;
		ck_ok(ef_flash_reach_check(&f, "x", ranges[i].addr, ranges[i].len, &err), &err);
		ef_rom_release(&f.rom);
	}
	start("esp32", EF_LOADER_ROM);
	ck_fails(ef_flash_reach_check(&f, NULL, 0xffffff, 2, &err), &err, EF_E_UNSUPP,
		 "2 bytes at 0x00ffffff lie past the 16 MiB that this chip's ROM loader");
	f.rom.loader = EF_LOADER_STUB;
	ck_fails(ef_flash_reach_check(&f, "app", 0xffffff, 2, &err), &err, EF_E_UNSUPP,
		 "'app': 2 bytes at 0x00ffffff lie past the 16 MiB that this chip's flasher stub");
	ef_rom_release(&f.rom);
}
END_TEST

Suite *suite_exact_times(void);
Suite *suite_exact_times(void)
{
	Suite *s = suite_create("exact_times");
	TCase *t = tcase_create("exact_times");

	tcase_add_loop_test(t, listens_so_long, 0, (int)EF_ARRAY_LEN(heard));
	tcase_add_loop_test(t, device_that_leaves, 0, 2);
	tcase_add_test(t, user_who_does_not_wait_for_the_device);
	tcase_add_loop_test(t, proof_takes_so_long, 0, 2);
	tcase_add_loop_test(t, words_after_a_reset, 0, 2);
	tcase_add_test(t, late_answer_after_a_reset);
	tcase_add_test(t, interrupted_after_a_reset);
	tcase_add_loop_test(t, hears_so_long, 0, 3);
	tcase_add_loop_test(t, resets_that_are_heard, 0, (int)EF_ARRAY_LEN(reasons));
	tcase_add_loop_test(t, requests_under_way, 0, (int)EF_ARRAY_LEN(rooms));
	tcase_add_loop_test(t, packet_that_has_begun, 0, 5);
	tcase_add_test(t, packet_that_is_cut_off);
	tcase_add_test(t, ends_of_flash);
	suite_add_tcase(s, t);
	return s;
}
