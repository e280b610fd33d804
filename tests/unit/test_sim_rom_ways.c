/* SPDX-License-Identifier: MIT */
/*
 * What the ESP32's mask ROM does with requests that no flasher sends, byte by byte. Requests and
 * answers were recorded from Espressif's ROM (pc-bios/esp32-v3-rom.bin of its QEMU) under
 * QEMU; only the digest is that of this board's erased flash.
 */
#include "ck_ef.h"
#include "sim/sim.h"

static struct ef_err err;
static struct sim *sim;
static struct ef_port *port;

/* Several requests of one session, after SYNC. Answers: hexadecimal, "" for none. */
struct exchange {
	const char *request, *answer;
};

#define WAY_MAX 10u

static const struct way {
	const char *what;
	struct exchange x[WAY_MAX];
} ways[] = {
	{ "an escaped byte that is neither DC nor DD is taken as it is",
	  { { "c0 00 09 10 00 00000000 0010fe3f 22db413344 ffffffff 00000000 c0",
	      "c0 01 09 04 00 07071220 00000000 c0" },
	    { "c0 00 0a 04 00 00000000 0010fe3f c0", "c0 01 0a 04 00 22413344 00000000 c0" } } },
	{ "a delimiter behind an escape is no end: that of the next frame ends this one",
	  { { "c0 00 0a 04 00 00000000 0010fe3f db c0", "" },
	    { "c0 00 0a 04 00 00000000 0010fe3f c0", "c0 01 0a 04 00 00000000 00000000 c0" },
	    { "c0 00 0a 04 00 00000000 0010fe3f c0", "c0 01 0a 04 00 00000000 00000000 c0" } } },
	{ "a short frame is executed with the rest of an older one",
	  { { "c0 00 09 10 00 00000000 0010fe3f 0100feca ffffffff 00000000 c0",
	      "c0 01 09 04 00 07071220 00000000 c0" },
	    { "c0 00 09 10 00 00000000 0410fe3f 0200feca ffffffff 00000000 c0",
	      "c0 01 09 04 00 07071220 00000000 c0" },
	    { "c0 00 0a 04 00 00000000 0410fe3f c0", "c0 01 0a 04 00 0200feca 00000000 c0" },
	    { "c0 00 c0", "c0 01 0a 04 00 0200feca 00000000 c0" },
	    { "c0 00 0a 04 c0", "c0 01 0a 04 00 0200feca 00000000 c0" },
	    { "c0 00 0a 04 00 00000000 00 c0", "c0 01 0a 04 00 0100feca 00000000 c0" } } },
	{ "the length that counts is the header's",
	  { { "c0 00 09 10 00 00000000 0010fe3f 0100feca ffffffff 00000000 c0",
	      "c0 01 09 04 00 07071220 00000000 c0" },
	    { "c0 00 0a 00 00 00000000 0010fe3f c0", "c0 01 0a 04 00 0100feca 00000000 c0" },
	    { "c0 00 09 0c 00 00000000 0010fe3f 0300feca ffffffff c0",
	      "c0 01 09 04 00 0100feca 00000000 c0" },
	    { "c0 00 0a 04 00 00000000 0010fe3f c0", "c0 01 0a 04 00 0100feca 00000000 c0" },
	    { "c0 00 05 0c 00 00000000 00040000 01000000 00040000 c0",
	      "c0 01 05 04 00 0100feca 01050000 c0" },
	    { "c0 00 05 10 00 00000000 00040000 01000000 00040000 c0",
	      "c0 01 05 04 00 0100feca 00050000 c0" } } },
	{ "an answer to CHANGE_BAUDRATE is followed by an empty frame",
	  { { "c0 00 0f 08 00 00000000 00c20100 00000000 c0",
	      "c0 01 0f 04 00 07071220 00000000 c0 c0 c0" } } },
	{ "two bytes of a status are those of an earlier answer",
	  { { "c0 00 0d 08 00 00000000 00000000 00000000 c0",
	      "c0 01 0d 04 00 07071220 00000000 c0" },
	    { "c0 00 0b 18 00 00000000 00000000 00004000 00000100 00100000 00010000 ffff0000 c0",
	      "c0 01 0b 04 00 07071220 00000000 c0" },
	    { "c0 00 13 10 00 00000000 00100000 00100000 00000000 00000000 c0",
	      "c0 01 13 24 00 07071220 "
	      "3661653539653634383530333737656535343730633835343736313535316561"
	      " 00000000 c0" },
	    { "c0 00 0a 04 00 00000000 0010fe3f c0", "c0 01 0a 04 00 00000000 00006535 c0" },
	    { "c0 00 13 10 00 00000000 00000001 00100000 00000000 00000000 c0",
	      "c0 01 13 24 00 00000000 "
	      "0000653539653634383530333737656535343730633835343736313535316561"
	      " 01090000 c0" },
	    { "c0 00 77 00 00 00000000 c0", "c0 01 13 04 00 00000000 01056535 c0" },
	    { "c0 00 0a 04 00 00000000 0010fe3f c0", "c0 01 0a 04 00 00000000 00006535 c0" } } },
	{ "a read from nowhere is the end",
	  { { "c0 00 0a 04 00 00000000 00000000 c0", "" },
	    { "c0 00 0a 04 00 00000000 0010fe3f c0", "" } } },
	{ "a write to nowhere is the end",
	  { { "c0 00 09 10 00 00000000 00000000 01000000 ffffffff 00000000 c0", "" },
	    { "c0 00 0a 04 00 00000000 0010fe3f c0", "" } } },
	{ "a rate of 0 is the end",
	  { { "c0 00 0f 08 00 00000000 00000000 00000000 c0", "" },
	    { "c0 00 0a 04 00 00000000 0010fe3f c0", "" } } },
};

static unsigned nibble(char c)
{
	return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a') + 10;
}

static size_t bytes(const char *hex, uint8_t ret[256])
{
	size_t n = 0;

	for (const char *p = hex; *p; p++) {
		if (*p == ' ')
			continue;
		ck_assert_uint_lt(n, 256);
		ret[n++] = (uint8_t)(nibble(p[0]) << 4 | nibble(p[1]));
		p++;
	}
	return n;
}

/* All that comes until the line has been quiet for 100 ms. */
static size_t answer(const char *request, uint8_t ret[512])
{
	uint8_t out[256];
	size_t len = bytes(request, out), n, got = 0;

	ck_ok(port->ops->write(port, out, len, UINT64_MAX, &err), &err);
	do {
		uint64_t deadline_us = port->ops->now_us(port) + 100000;

		ck_ok(port->ops->read(port, ret + got, 512 - got, deadline_us, &n, &err), &err);
		got += n;
	} while (n && got < 512);
	return got;
}

static void lines(unsigned value, unsigned ms)
{
	ck_ok(port->ops->set_lines(port, EF_DTR | EF_RTS, value, &err), &err);
	ck_ok(port->ops->sleep_us(port, ms * 1000u, &err), &err);
}

/* A board in download mode, one SYNC later. */
static void start(void)
{
	static const char sync[] = "c0 00 08 24 00 00000000 07071220 55555555 55555555 55555555"
				   "55555555 55555555 55555555 55555555 55555555 c0";
	const struct sim_opts opts = { .chip = "esp32", .revision = SIM_DEFAULT_REV };
	uint8_t got[512];

	memset(&err, 0, sizeof(err));
	sim = sim_new(&opts);
	ck_assert_ptr_nonnull(sim);
	ck_ok(sim_port_open(sim, &port, &err), &err);
	lines(EF_RTS, 100);
	lines(EF_DTR, 50);
	lines(0, 100);
	(void)answer("", got);
	(void)answer(sync, got);
}

static void stop(void)
{
	port->ops->close(port);
	sim_free(sim);
}

START_TEST(as_the_mask_rom)
{
	const struct way *way = &ways[_i];

	start();
	for (size_t i = 0; i < WAY_MAX && way->x[i].request; i++) {
		uint8_t want[256], got[512];
		size_t want_len = bytes(way->x[i].answer, want);
		size_t len = answer(way->x[i].request, got);

		ck_assert_msg(len == want_len && memcmp(got, want, len) == 0,
			      "%s: exchange %zu: %zu bytes instead of %zu", way->what, i, len,
			      want_len);
	}
	stop();
}
END_TEST

Suite *suite_sim_rom_ways(void);

Suite *suite_sim_rom_ways(void)
{
	Suite *s = suite_create("sim_rom_ways");
	TCase *tc = tcase_create("ways");

	tcase_add_loop_test(tc, as_the_mask_rom, 0, (int)(sizeof(ways) / sizeof(ways[0])));
	suite_add_tcase(s, tc);
	return s;
}
