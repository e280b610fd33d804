/* SPDX-License-Identifier: MIT */
/*
 * Any text as a trace: an error with a line, or a port that takes any
 * operations in any order, whose clock never goes back, and on which a
 * connection comes to an end.
 */
#include <stdlib.h>
#include <string.h>

#include <espflash/flasher.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
	if (!ok)
		abort();
}

static void settle(bool ok, struct ef_err *err)
{
	require(ok == (err->code == EF_OK));
	ef_err_clear(err);
}

static void step(struct ef_port *port, unsigned what, struct ef_err *err)
{
	static const uint8_t sent[] = { 0xc0, 0x00, 0x08 };
	uint64_t now = ef_port_now_us(port);
	uint8_t buf[64];
	size_t len = 0;
	bool ok = false;

	switch (what % 8) {
	case 0:
		ok = ef_port_read(port, buf, what % 63 + 1, now + what * 100u, &len, err);
		require(len <= sizeof(buf));
		break;
	case 1:
		ok = ef_port_write(port, sent, what % 3 + 1, now, err);
		break;
	case 2:
		ok = ef_port_set_lines(port, what >> 3, what >> 5, err);
		break;
	case 3:
		ok = ef_port_set_baud(port, what * 450u + 450u, err);
		break;
	case 4:
		ok = ef_port_discard(port, err);
		break;
	case 5:
		ok = ef_port_drain(port, err);
		break;
	case 6:
		ok = ef_port_sleep_us(port, what, err);
		break;
	default:
		ok = ef_port_reopen(port, now + what, err);
	}
	settle(ok, err);
	require(ef_port_now_us(port) >= now);
}

static void connect_on(const char *text, size_t len, struct ef_err *err)
{
	const struct ef_connect_opts opts = { .no_stub = true, .attempts = 2 };
	struct ef_flasher *f = NULL;
	struct ef_port *port = NULL;

	require(ef_port_replay(text, len, &port, err));
	settle(ef_flasher_connect(port, &opts, &f, err), err);
	ef_flasher_close(f);
	ef_port_close(port);
}

/* The first byte says how many operations the next ones are; the rest is the trace. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ef_err err = EF_ERR_INIT;
	struct ef_port *port = NULL;
	size_t steps = size ? data[0] % 16u : 0;
	const char *text;

	if (size < steps + 1)
		return 0;
	text = (const char *)data + 1 + steps;
	if (!ef_port_replay(text, size - 1 - steps, &port, &err)) {
		require(err.code == EF_E_INPUT && strncmp(err.msg, "trace line ", 11) == 0);
		return 0;
	}
	for (size_t i = 0; i < steps; i++)
		step(port, data[1 + i], &err);
	settle(ef_port_replay_done(port, &err), &err);
	ef_port_close(port);
	connect_on(text, size - 1 - steps, &err);
	return 0;
}
