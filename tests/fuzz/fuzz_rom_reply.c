/* SPDX-License-Identifier: MIT */
/*
 * A session with a chip that answers with the input whatever it is asked: the
 * first byte chooses ROM or stub and how the bytes arrive. Every command ends
 * in success or one error, in bounded virtual time.
 */
#include <stdlib.h>
#include <string.h>

#include <espflash/rom.h>

#include "base/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz_port {
	struct ef_port base;
	const uint8_t *data;
	size_t left, step;
	uint64_t now_us;
};

static void demand(bool condition)
{
	if (!condition)
		abort();
}

static bool port_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		      size_t *ret_len, struct ef_err *err)
{
	struct fuzz_port *p = (struct fuzz_port *)port;
	size_t n = p->left < p->step ? p->left : p->step;

	(void)err;
	n = n < cap ? n : cap;
	if (n)
		memcpy(buf, p->data, n);
	p->data += n;
	p->left -= n;
	p->now_us += 1000;
	if (n == 0 && p->now_us < deadline_us)
		p->now_us = deadline_us;
	*ret_len = n;
	return true;
}

static bool port_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		       struct ef_err *err)
{
	(void)port;
	(void)err;
	(void)deadline_us;
	demand(len >= 3 && data[0] == 0xc0 && data[len - 1] == 0xc0);
	return true;
}

static bool port_discard(struct ef_port *port, struct ef_err *err)
{
	(void)port;
	(void)err;
	return true;
}

static uint64_t port_now(struct ef_port *port)
{
	return ((struct fuzz_port *)port)->now_us;
}

static bool run_command(struct ef_rom *rom, unsigned which, struct ef_err *err)
{
	struct ef_security_info info;
	enum ef_sync_result sync;
	uint8_t bytes[64];
	uint32_t value;
	size_t len;

	switch (which) {
	case 0:
		return ef_rom_sync(rom, 100, &sync, err);
	case 1:
		return ef_rom_read_reg(rom, 0x40001000, &value, err);
	case 2:
		return ef_rom_security_info(rom, &info, err);
	case 3:
		return ef_rom_flash_md5(rom, 0, 4096, bytes, err);
	case 4:
		return ef_rom_read_flash_slow(rom, 0, 64, bytes, err);
	case 5:
		return ef_rom_mem_end(rom, 0x40080000, err);
	case 6:
		return ef_rom_flash_end(rom, true, false, err);
	default:
		return ef_rom_read_frame(rom, bytes, sizeof(bytes), 1000000, &len, err);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct ef_port_ops ops = {
		.read = port_read,
		.write = port_write,
		.discard = port_discard,
		.now_us = port_now,
	};
	static struct ef_rx_log log;

	for (unsigned which = 0; size && which < 8; which++) {
		struct fuzz_port port = {
			.base = { .ops = &ops, .caps = EF_PORT_HAS_BAUD, .rate_hz = 115200 },
			.data = data + 1,
			.left = size - 1,
			.step = (data[0] >> 1) % 100u + 1,
		};
		struct ef_err err = EF_ERR_INIT;
		struct ef_rom rom;

		log.len = 0;
		demand(ef_rom_init(&rom, &port.base, &err));
		rom.rx_log = &log;
		rom.loader = data[0] & 1 ? EF_LOADER_STUB : EF_LOADER_ROM;
		/* the second time there may be leftovers of the first */
		for (unsigned i = 0; i < 2; i++) {
			uint64_t start_us = port.now_us;
			bool ok = run_command(&rom, which, &err);

			demand(ok == (err.code == EF_OK));
			demand(log.len <= sizeof(log.data));
			/* the deadline, a burst's gaps, and a read for each piece of input */
			demand(port.now_us - start_us < 5000000 + 1000 * (uint64_t)(size + 100));
			ef_err_clear(&err);
		}
		demand(ef_rom_discard(&rom, &err));
		ef_rom_release(&rom);
	}
	return 0;
}
