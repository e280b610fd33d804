/* SPDX-License-Identifier: MIT */
/* Logs requests and replies at level TRACE. */
#ifndef EF_ROM_ROM_LOG_H
#define EF_ROM_ROM_LOG_H

#include "rom/rom_cmd.h"

void ef_rom_log_request(const struct ef_request *req);
/* reply_len: the data that the command promises; took_us: the time since the request. */
void ef_rom_log_reply(enum ef_loader loader, const struct ef_rom_frame *frame, size_t reply_len,
		      uint64_t took_us);

#endif
