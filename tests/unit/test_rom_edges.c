/* SPDX-License-Identifier: MIT */
/* Small promises of the wire layer: what counts as an echo, and how requests are counted. */
#include "flasher/flasher_priv.h"
#include "flasher/session.h"
#include "flasher_rig.h"
#include "rig/tap_port.h"

/* A bit of the last of a SYNC's eight answers is wrong. */
static struct {
	size_t at; /* byte in its frame; 0: none */
} flaw;

static bool flawed_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
			size_t *ret_len, struct ef_err *err)
{
	size_t last;

	if (!tap_real->read(port, buf, cap, deadline_us, ret_len, err))
		return false;
	if (!flaw.at || *ret_len < 8 * 12)
		return true;
	for (last = *ret_len - 2; buf[last] != 0xc0;)
		last--;
	buf[last + flaw.at] ^= 1;
	return true;
}

/* All eight answers must be the same, and none a refusal. */
START_TEST(echo_is_proved_by_eight_answers)
{
	static const struct {
		size_t at;
		bool ok;
	} cases[] = { { 0, true },  { 2, false }, { 5, false },
		      { 8, false }, { 9, false }, { 10, false } };
	const struct sim_opts board = { .chip = "esp32c3" };
	struct rig r;
	bool ok;

	rig_power(&r, &board);
	r.opts.no_stub = true;
	ck_ok(rig_connect(&r), &r.err);
	tap_open(r.port)->read = flawed_read;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		flaw.at = cases[i].at;
		ck_ok(ef_rom_echo(&r.f->rom, 100, &ok, &r.err), &r.err);
		ck_assert_msg(ok == cases[i].ok, "byte %zu", cases[i].at);
		ck_ok(ef_rom_discard(&r.f->rom, &r.err), &r.err);
	}
	tap_close(r.port);
	rig_done(&r);
}
END_TEST

/* Each request counts, also where several go at once. */
START_TEST(requests_are_counted)
{
	static const uint32_t addrs[] = { 0x60008800, 0x60008804, 0x60008808, 0x6000880c };
	const struct sim_opts board = { .chip = "esp32c3" };
	uint32_t values[4];
	uint64_t before;
	unsigned seen;
	struct rig r;

	rig_power(&r, &board);
	r.opts.no_stub = true;
	ck_ok(rig_connect(&r), &r.err);
	before = r.f->rom.requests;
	seen = sim_requests(r.sim, 0);
	ck_ok(ef_session_read_regs(r.f, addrs, 4, values, &r.err), &r.err);
	ck_assert_uint_eq(r.f->rom.requests - before, 4);
	ck_assert_uint_eq(sim_requests(r.sim, 0) - seen, 4);
	ck_ok(ef_rom_spi_attach(&r.f->rom, 0, &r.err), &r.err);
	ck_assert_uint_eq(r.f->rom.requests - before, 5);
	rig_done(&r);
}
END_TEST

Suite *suite_rom_edges(void);
Suite *suite_rom_edges(void)
{
	Suite *s = suite_create("rom_edges");
	TCase *t = tcase_create("rom_edges");

	tcase_add_test(t, echo_is_proved_by_eight_answers);
	tcase_add_test(t, requests_are_counted);
	suite_add_tcase(s, t);
	return s;
}
