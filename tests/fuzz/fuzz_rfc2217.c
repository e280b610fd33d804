/* SPDX-License-Identifier: MIT */
/*
 * A telnet stream, decoded in one piece and in pieces as the first byte says:
 * the results must be equal. Also encode and decode again.
 */
#include <stdlib.h>

#include "port/telnet.h"
#include "rig/fuzz_check.h"

static size_t run(struct telnet *t, const uint8_t *in, size_t len, size_t part, uint8_t *payload)
{
	size_t total = 0;

	while (len > 0) {
		size_t n = part < len ? part : len;
		struct telnet_event ev;
		uint8_t answer[3];
		struct ef_wr out = ef_wr_init(answer, sizeof(answer));
		size_t data_len = 0;
		size_t used = telnet_decode(t, in, n, payload + total, &data_len, &ev);

		CHECK(used > 0 && used <= n && data_len <= used);
		total += data_len;
		in += used;
		len -= used;
		if (ev.kind == TELNET_EV_OPTION)
			telnet_negotiate(t, &ev, &out);
		if (ev.kind == TELNET_EV_COM)
			CHECK(ev.bytes && ev.len <= TELNET_SUB_MAX);
		CHECK(!out.bad && (out.len == 0 || out.len == 3));
	}
	return total;
}

/* Payload and a command, through the encoder and back. */
static void round_trip(const uint8_t *data, size_t len, uint32_t value)
{
	uint8_t *wire = malloc(2 * len + RFC2217_PUT_MAX), *back = malloc(len + 1);
	struct telnet t = { .mode = 0 };
	struct telnet_event ev;
	struct ef_wr out;
	size_t got, used;

	CHECK(wire && back);
	out = ef_wr_init(wire, 2 * len + RFC2217_PUT_MAX);
	telnet_data(&out, data, len);
	rfc2217_put(&out, RFC2217_SET_BAUDRATE, value);
	CHECK(!out.bad);
	/* the decoder writes at most what the payload had */
	used = telnet_decode(&t, wire, out.len, back, &got, &ev);
	CHECK(used == out.len && got == len && (len == 0 || memcmp(back, data, len) == 0));
	CHECK(ev.kind == TELNET_EV_COM && ev.cmd == RFC2217_SET_BAUDRATE && ev.value == value);
	free(wire);
	free(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t start[16], *whole, *cut;
	size_t whole_len, cut_len, part;
	struct telnet a, b;
	struct ef_wr out = ef_wr_init(start, sizeof(start));

	if (size < 1)
		return 0;
	part = (data[0] & 15u) + 1u;
	whole = malloc(size);
	cut = malloc(size);
	CHECK(whole && cut);
	telnet_start(&a, &out);
	CHECK(!out.bad);
	b = a;
	whole_len = run(&a, data + 1, size - 1, size, whole);
	cut_len = run(&b, data + 1, size - 1, part, cut);
	/* cutting changes nothing */
	CHECK(whole_len == cut_len && (whole_len == 0 || memcmp(whole, cut, whole_len) == 0));
	CHECK(telnet_has_com_port(&a) == telnet_has_com_port(&b));
	round_trip(data + 1, size - 1, (uint32_t)size * 2654435761u);
	free(whole);
	free(cut);
	return 0;
}
