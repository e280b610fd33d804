/* SPDX-License-Identifier: MIT */
/*
 * Models READ_FLASH of the stub (esp-flasher-stub v1.1.0, src/command_handler.c,
 * s_read_flash_post_process). The stub sends a packet when it has counted as many acknowledgements
 * as packets, so one is in flight at most. It counts acknowledgements between two packets. While it
 * sends, its interrupt keeps one frame, and later frames are lost (src/slip.c: the receiver is
 * armed again only when the loop has seen the frame). If the stub counts an acknowledgement before
 * its packet, it waits forever, since the difference is unsigned.
 */
#include "sim/parts.h"
#include "sim/request.h"

/* Time to read a packet from the flash */
#define READ_US 100u
/* Size of the transmitter's FIFO. The stub continues when the rest of a packet fits in. */
#define TX_FIFO 128u

/* The stub is busy until the last bytes of what it sends are in its FIFO. */
static void be_busy(struct sim *sim)
{
	uint64_t fifo_us = sim->uart.rate ? TX_FIFO * UINT64_C(10000000) / sim->uart.rate : 0;
	uint64_t until = sim->uart.to_host.end_us;

	if (!sim->opts.is_paced || sim_usb_is_used(sim) || until <= sim->now + fifo_us)
		return;
	sim->uart.busy_until = until - fifo_us;
}

static void send_packet(struct sim *sim)
{
	struct sim_read *r = &sim->loader.read;
	uint32_t n = r->left < r->packet ? r->left : r->packet;
	uint8_t copy[SIM_READ_PACKET];
	uint64_t at = sim->now + READ_US;
	const struct sim_faults *f = &sim->opts.faults;

	sim_flash_copy(sim, r->addr, copy, n);
	r->addr += n;
	r->left -= n;
	r->sent++;
	if (f->stall_reply && sim->loader.request_total >= f->stall_reply)
		return;
	if (sim_lies_now(sim, f->lies.values_from))
		sim_lie(sim, copy, n);
	/* for a read, these faults affect the first packet */
	if (r->total - r->left == n) {
		if (f->drop_reply == sim->loader.request_total)
			return;
		if (f->flip_reply == sim->loader.request_total)
			copy[n / 2] ^= 0x04;
	}
	sim_uart_frame(sim, at, copy, n);
	be_busy(sim);
}

static void finish_read(struct sim *sim)
{
	struct sim_read *r = &sim->loader.read;
	uint8_t digest[16];

	r->is_active = false;
	if (!sim_flash_md5(sim, r->first, r->total - r->left, digest))
		return;
	if (sim_lies_now(sim, sim->opts.faults.lies.digest_from))
		sim_lie(sim, digest, sizeof(digest));
	sim_uart_frame(sim, sim->now + READ_US, digest, sizeof(digest));
}

bool sim_read_start(struct sim *sim, const struct sim_request *rq)
{
	struct sim_read *r = &sim->loader.read;

	*r = (struct sim_read){ .addr = ef_le32(rq->data),
				.left = ef_le32(rq->data + 4),
				.packet = ef_le32(rq->data + 8) };
	r->first = r->addr;
	r->total = r->left;
	if (!sim_flash_reachable(sim) || !ef_range_ok(r->addr, r->total, sim->flash.size))
		return false;
	r->is_active = true;
	if (r->left)
		send_packet(sim);
	else
		finish_read(sim);
	return true;
}

/* A frame that isn't four bytes long ends the read. */
void sim_stub_ack(struct sim *sim, const uint8_t *frame, size_t len)
{
	struct sim_read *r = &sim->loader.read;

	if (len != 4) {
		finish_read(sim);
		return;
	}
	r->acked = ef_le32(frame);
	r->acks++;
	if (r->left && r->sent - r->acks < 1)
		send_packet(sim);
	else if (!r->left && r->acked >= r->total)
		finish_read(sim);
}
