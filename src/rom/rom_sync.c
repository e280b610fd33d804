/* SPDX-License-Identifier: MIT */
/*
 * Sends SYNC and collects its answers. Knows that a loader answers eight times, how the ROM's
 * answers differ from a stub's, and that silence is a result and no error.
 */
#include "rom/link.h"
#include "rom/rom_priv.h"

#include <string.h>

#include <espflash/log.h>

static bool send_sync(struct ef_rom *rom, bool in_any_step, struct ef_err *err)
{
	/* 07 07 12 20 and 32 bytes of 55, by which the ROM measures the rate */
	static const uint8_t sync[36] = {
		0x07, 0x07, 0x12, 0x20, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55,
		0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55,
		0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55,
	};
	const struct ef_request req = {
		.op = EF_OP_SYNC,
		.head = sync,
		.head_len = sizeof(sync),
	};

	return in_any_step ? rom_send_in_any_step(rom, &req, err) : ef_rom_send(rom, &req, err);
}

bool ef_rom_send_sync(struct ef_rom *rom, struct ef_err *err)
{
	return send_sync(rom, false, err);
}

bool ef_rom_await_sync(struct ef_rom *rom, uint32_t timeout_ms, bool *ret_found,
		       uint8_t ret_status[2], struct ef_err *err)
{
	uint64_t deadline_us = ef_port_deadline(rom->port, timeout_ms);
	struct ef_rom_frame frame;

	do
		if (!link_next_reply(rom, deadline_us, &frame, ret_found, err))
			return false;
	while (*ret_found && frame.op != EF_OP_SYNC);
	if (*ret_found)
		memcpy(ret_status, frame.data, EF_ROM_STATUS_LEN);
	return true;
}

bool ef_rom_hear_sync(struct ef_rom *rom, uint64_t deadline_us, enum ef_sync_result *ret,
		      struct ef_err *err)
{
	struct ef_rom_frame frame;
	unsigned replies = 0;
	bool found, is_stub = true;

	while (replies < EF_SYNC_REPLIES) {
		if (!link_next_reply(rom, deadline_us, &frame, &found, err))
			return false;
		if (!found)
			break;
		/* a stub answers SYNC with an older error: send another one */
		if (frame.op != EF_OP_SYNC || frame.data[0] != 0) {
			rom->skipped += link_of(rom)->slip.len;
			continue;
		}
		replies++;
		is_stub = is_stub && frame.value == 0;
		deadline_us = ef_port_deadline(rom->port, EF_ROM_BURST_GAP_MS);
	}
	if (replies == 0)
		link_log_partial(rom);
	else
		rom->short_syncs += replies < EF_SYNC_REPLIES;
	ef_log(EF_LOG_TRACE, "< SYNC: %u answers", replies);
	*ret = replies == 0 ? EF_SYNC_NONE : is_stub ? EF_SYNC_STUB : EF_SYNC_ROM;
	return true;
}

bool ef_rom_echo(struct ef_rom *rom, uint32_t timeout_ms, bool *ret, struct ef_err *err)
{
	struct ef_rom_frame frame;
	uint64_t deadline_us;
	uint32_t value = 0;

	*ret = false;
	if (!ef_rom_send_sync(rom, err))
		return false;
	deadline_us = ef_rom_reply_deadline(rom, timeout_ms);
	for (unsigned i = 0; i < EF_SYNC_REPLIES; i++) {
		bool found;

		if (!link_next_reply(rom, deadline_us, &frame, &found, err))
			return false;
		if (i == 0)
			value = frame.value;
		/* all eight answers are the same, so any difference is damage */
		if (!found || frame.op != EF_OP_SYNC || frame.data[0] || frame.data[1] ||
		    frame.value != value)
			return true;
		deadline_us = ef_port_deadline(rom->port, EF_ROM_BURST_GAP_MS);
	}
	*ret = true;
	return true;
}

static bool sync(struct ef_rom *rom, uint32_t timeout_ms, bool stops_at_text,
		 enum ef_sync_result *ret, struct ef_err *err)
{
	if (!ef_rom_send_sync(rom, err))
		return false;
	link_of(rom)->stops_at_text = stops_at_text;
	return ef_rom_hear_sync(rom, ef_rom_reply_deadline(rom, timeout_ms), ret, err);
}

bool ef_rom_sync(struct ef_rom *rom, uint32_t timeout_ms, enum ef_sync_result *ret,
		 struct ef_err *err)
{
	return sync(rom, timeout_ms, false, ret, err);
}

bool ef_rom_is_there(struct ef_rom *rom, uint32_t timeout_ms, bool in_any_step, bool *ret,
		     struct ef_err *err)
{
	uint64_t skipped = rom->skipped;
	enum ef_sync_result result = EF_SYNC_NONE;
	bool ok;

	ok = send_sync(rom, in_any_step, err) &&
	     ef_rom_hear_sync(rom, ef_rom_reply_deadline(rom, timeout_ms), &result, err);
	*ret = result != EF_SYNC_NONE || rom->skipped != skipped;
	return ok;
}

bool ef_rom_sync_or_text(struct ef_rom *rom, uint32_t timeout_ms, enum ef_sync_result *ret,
			 bool *ret_is_text, struct ef_err *err)
{
	if (!sync(rom, timeout_ms, true, ret, err))
		return false;
	*ret_is_text = *ret == EF_SYNC_NONE && link_of(rom)->strays > LINK_STRAYS_MAX;
	return true;
}
