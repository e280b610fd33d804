/* SPDX-License-Identifier: MIT */
/*
 * Starts an uploaded program. Nothing is executed: a program that contains the stub's
 * greeting counts as a flasher stub, any other as an application in RAM.
 */
#include <stdlib.h>

#include "sim/boot_parts.h"
#include "sim/parts.h"
#include "sim/request.h"

#define UPLOAD_MAX (512u << 10)

static const struct sim_upload *find_upload(const struct sim *sim, uint32_t addr)
{
	for (size_t i = 0; i < sim->loader.upload_count; i++)
		if (addr - sim->loader.uploads[i].addr < sim->loader.uploads[i].len)
			return &sim->loader.uploads[i];
	return NULL;
}

void sim_note_upload(struct sim *sim, uint32_t addr, uint32_t len)
{
	const struct sim_upload *up = find_upload(sim, addr);

	if (len > UPLOAD_MAX || (up && addr - up->addr + (uint64_t)len <= up->len))
		return;
	if (sim->loader.upload_count == EF_ARRAY_LEN(sim->loader.uploads))
		sim->loader.upload_count = 0;
	sim->loader.uploads[sim->loader.upload_count++] = (struct sim_upload){ addr, len };
}

/* "OHAI" as bytes, or the RISC-V code that loads this word: lui rd, 0x49415; addi -0x7b1. */
static bool has_greeting(const struct sim *sim, const struct sim_upload *up)
{
	uint8_t *data;
	bool is_found = false;

	if (up->len < 8 || up->len > UPLOAD_MAX)
		return false;
	data = malloc(up->len);
	if (!data)
		return false;
	sim_mem_read(sim, up->addr, data, up->len);
	for (uint32_t i = 0; i + 4 <= up->len && !is_found; i += 2) {
		uint32_t w = ef_le32(data + i);

		is_found = w == 0x4941484fu || ((w & 0x7f) == 0x37 && w >> 12 == 0x49415u);
	}
	free(data);
	return is_found;
}

bool sim_is_stub_at(const struct sim *sim, uint32_t entry)
{
	if (!find_upload(sim, entry))
		return false;
	for (size_t i = 0; i < sim->loader.upload_count; i++)
		if (has_greeting(sim, &sim->loader.uploads[i]))
			return true;
	return false;
}

/* Recognize a stub that this revision can't run: C2 revision 0 has none, P4 has two kinds. */
static bool is_wrong_stub(const struct sim *sim, uint32_t entry)
{
	const struct sim_upload *up = find_upload(sim, entry);

	if (sim->chip->image_id == 12 && sim->revision == 0)
		return true;
	if (sim->chip->mem.stub_text[0] && up)
		return up->addr != sim->chip->mem.stub_text[sim->revision >= 300];
	return false;
}

/*
 * esp-flasher-stub main.c: on chips whose UART clock it raises, the stub takes the rate
 * over from the ROM's UartDev.baud_rate, and 115200 where that is 0.
 */
static void take_noted_rate(struct sim *sim)
{
	uint32_t addr = sim->chip->uart_dev[sim->chip->uart_dev[1] && sim->revision >= 300];
	uint8_t word[4];

	if (!addr || sim_usb_is_used(sim))
		return;
	sim_mem_read(sim, addr, word, sizeof(word));
	sim->uart.rate = ef_le32(word) ? ef_le32(word) : SIM_ROM_RATE;
}

void sim_stub_enter(struct sim *sim, bool is_greeting)
{
	sim->mode = SIM_MODE_STUB;
	sim->flash.is_attached = true; /* its start-up code does this */
	sim->uart.is_autobaud = false;
	sim->loader.deferred = 0;
	sim->loader.read.is_active = false;
	sim->loader.mem.is_active = false;
	sim_write_close(sim);
	sim_frames_start(sim);
	if (!is_greeting)
		return;
	take_noted_rate(sim);
	sim_uart_frame(sim, sim->now + 10000, (const uint8_t *)"OHAI", 4);
}

void sim_jump(struct sim *sim, uint32_t entry)
{
	bool is_stub = sim_is_stub_at(sim, entry);

	if (is_stub && !is_wrong_stub(sim, entry))
		sim_stub_enter(sim, true);
	else if (!is_stub && find_upload(sim, entry))
		sim_boot_run(sim, sim->now);
	else
		sim->mode = SIM_MODE_DEAD;
}
