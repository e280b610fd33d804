/* SPDX-License-Identifier: MIT */
/*
 * A ROM that answers a few commands from the fields of a struct. It stands for
 * chips that the virtual board lacks, and gives answers that the board never gives.
 */
#ifndef FAKE_ROM_H
#define FAKE_ROM_H

#include <espflash/flasher.h>

#include "ck_ef.h"
#include "rig/fake_port.h"

struct fake_rom {
	struct fake_port port; /* first */
	bool has_security, is_stub;
	uint32_t chip_id, magic;
	uint32_t divider;           /* in the ESP32's UART */
	uint32_t flash_id, spi_cmd; /* in the ESP32's SPI1: W0 and CMD */
	uint8_t refuses;            /* the opcode that it refuses; 0: none */
	uint8_t out[512];           /* the answer, len bytes long */
	size_t len;
};

/* Appends one answer: value, data and a ROM's four status bytes. No byte may need an escape. */
static inline void fake_answer(struct fake_rom *f, uint8_t op, uint32_t value, const uint8_t *data,
			       size_t len, uint8_t status, uint8_t reason)
{
	uint8_t *p = f->out + f->len;
	const uint8_t head[] = { 0xc0,
				 0x01,
				 op,
				 (uint8_t)(len + 4),
				 0,
				 (uint8_t)value,
				 (uint8_t)(value >> 8),
				 (uint8_t)(value >> 16),
				 (uint8_t)(value >> 24) };

	memcpy(p, head, sizeof(head));
	p += sizeof(head);
	memcpy(p, data, len);
	p += len;
	*p++ = status;
	*p++ = reason;
	*p++ = 0;
	*p++ = 0;
	*p++ = 0xc0;
	f->len = (size_t)(p - f->out);
}

static inline uint32_t fake_register(const struct fake_rom *f, uint32_t addr)
{
	switch (addr) {
	case 0x40001000:
		return f->magic;
	case 0x3ff40014:
		return f->divider;
	case 0x3ff42000:
		return f->spi_cmd;
	case 0x3ff42080:
		return f->flash_id;
	default:
		return 0;
	}
}

static inline void fake_rom_take(struct fake_port *port, const uint8_t *data, size_t len)
{
	struct fake_rom *f = (struct fake_rom *)(void *)port;
	uint8_t info[20] = { 0 };
	uint32_t addr;

	ck_assert_uint_gt(len, 9);
	f->len = 0;
	info[12] = (uint8_t)f->chip_id;
	info[13] = (uint8_t)(f->chip_id >> 8);
	info[14] = (uint8_t)(f->chip_id >> 16);
	switch (data[2] == f->refuses ? 0 : data[2]) {
	case 0x08:
		for (int i = 0; i < 8; i++)
			fake_answer(f, 0x08, f->is_stub ? 0 : 0x20120707, info, 0, 0, 0);
		break;
	case 0x0a:
		addr = (uint32_t)data[9] | (uint32_t)data[10] << 8 | (uint32_t)data[11] << 16 |
		       (uint32_t)data[12] << 24;
		fake_answer(f, 0x0a, fake_register(f, addr), info, 0, 0, 0);
		break;
	case 0x14:
		if (f->has_security) {
			fake_answer(f, 0x14, 0, info, 20, 0, 0);
			break;
		}
		for (int i = 0; i < 8; i++)
			fake_answer(f, data[2], 0, info, 0, 1, 5);
		break;
	case 0x09:
	case 0x0b:
	case 0x0d:
	case 0x0f:
		fake_answer(f, data[2], 0, info, 0, 0, 0);
		break;
	default:
		for (int i = 0; i < 8; i++)
			fake_answer(f, data[2], 0, info, 0, 1, 5);
	}
	port->in = f->out;
	port->in_len = f->len;
}

/* Initialises the port and keeps the fields that the caller has set. */
static inline void fake_plug_in(struct fake_rom *f)
{
	fake_init(&f->port, EF_PORT_HAS_LINES | EF_PORT_HAS_BAUD);
	f->port.on_write = fake_rom_take;
	f->port.base.info.vid = 0x10c4;
}

#endif
