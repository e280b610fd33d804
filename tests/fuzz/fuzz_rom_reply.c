/* SPDX-License-Identifier: MIT */
/*
 * A chip that answers every request with the input. The first byte chooses ROM
 * or stub, and how many bytes arrive at once; the length chooses the command. Every
 * command has to end in success or one error, in bounded virtual time.
 */
#include <stdlib.h>
#include <string.h>

#include <espflash/rom.h>

#include "base/bytes.h"
#include "rig/fake_port.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool condition)
{
	if (!condition)
		abort();
}

/* Each read takes 1 ms, so that every wait ends. */
static void on_read(struct fake_port *f)
{
	f->now_us += 1000;
}

static void on_write(struct fake_port *f, const uint8_t *data, size_t len)
{
	(void)f;
	demand(len >= 3 && data[0] == 0xc0 && data[len - 1] == 0xc0);
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
	static struct fake_port port;
	static struct ef_rx_log log;
	struct ef_err err = EF_ERR_INIT;
	struct ef_rom rom;

	if (size == 0)
		return 0;
	fake_init(&port, EF_PORT_HAS_BAUD);
	port.on_read = on_read;
	port.on_write = on_write;
	port.in = data + 1;
	port.in_len = size - 1;
	port.in_step = (data[0] >> 1) % 100u + 1;
	log.len = 0;
	demand(ef_rom_init(&rom, &port.base, &err));
	rom.rx_log = &log;
	rom.loader = data[0] & 1 ? EF_LOADER_STUB : EF_LOADER_ROM;
	/* the second command may meet bytes that the first one left */
	for (unsigned i = 0; i < 2; i++) {
		uint64_t start_us = port.now_us;
		bool ok = run_command(&rom, size % 8, &err);

		demand(ok == (err.code == EF_OK));
		demand(log.len <= sizeof(log.data));
		/* the deadline, the gaps of a burst, and one read per piece of input */
		demand(port.now_us - start_us < 5000000 + 1000 * (uint64_t)(size + 100));
		ef_err_clear(&err);
	}
	demand(ef_rom_discard(&rom, &err));
	ef_rom_release(&rom);
	return 0;
}
