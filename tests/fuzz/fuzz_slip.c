/* SPDX-License-Identifier: MIT */
/*
 * The SLIP decoder on any bytes in pieces of any size (the first byte seeds
 * them): it always gets on, never passes its buffer, gives the same frames as
 * in one piece, and what it decoded encodes and decodes to itself.
 */
#include <stdlib.h>
#include <string.h>

#include "rom/slip.h"

/* Small, so that short inputs pass it. */
#define CAP 24u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool condition)
{
	if (!condition)
		abort();
}

static void check_round_trip(const uint8_t *frame, size_t len)
{
	uint8_t wire[EF_SLIP_MAX(CAP)], again[CAP];
	struct ef_slip_out out = { .p = wire, .cap = EF_SLIP_MAX(len) };
	enum ef_slip_event event;
	struct ef_slip s;

	ef_slip_put_end(&out);
	ef_slip_put(&out, frame, len);
	ef_slip_put_end(&out);
	demand(!out.bad);
	ef_slip_init(&s, again, sizeof(again));
	demand(ef_slip_push(&s, wire, out.len, &event) == out.len);
	demand(event == EF_SLIP_FRAME && s.len == len && memcmp(again, frame, len) == 0);
}

/* A sum over all frames and their number. */
static uint32_t decode(const uint8_t *data, size_t size, size_t step, bool reopen)
{
	uint8_t buf[CAP];
	uint32_t sum = 0;
	struct ef_slip s;

	ef_slip_init(&s, buf, sizeof(buf));
	for (size_t pos = 0; pos < size;) {
		size_t n = size - pos < step ? size - pos : step;
		enum ef_slip_event event;
		size_t used = ef_slip_push(&s, data + pos, n, &event);

		demand(used > 0 && used <= n && s.len <= CAP);
		if (event == EF_SLIP_FRAME) {
			demand(s.len > 0);
			for (size_t i = 0; i < s.len; i++)
				sum = sum * 31 + buf[i] + 1;
			check_round_trip(buf, s.len);
			if (reopen && buf[0] != 1)
				ef_slip_reopen(&s);
		}
		pos += used;
	}
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t step;

	if (size < 2)
		return 0;
	step = data[0] % 64u + 1;
	for (int reopen = 0; reopen < 2; reopen++)
		demand(decode(data + 1, size - 1, step, reopen) ==
		       decode(data + 1, size - 1, size, reopen));
	return 0;
}
