/* SPDX-License-Identifier: MIT */
/*
 * A whole session: connect, write, read, finish. The input changes the board's
 * answers on their way. The session must not crash, its error record has to
 * agree with the result, and progress has to rise to its total.
 *
 * Byte 0 is the chip and its lie, byte 1 the options, byte 2 the circuit. Edits of three
 * bytes follow: how many bytes to leave alone, how to change the next, a value.
 */
#include <stdlib.h>
#include <string.h>

#include <espflash/flasher.h>

#include "rig/tap_port.h"
#include "rig/plain_plan.h"
#include "sim/sim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FLASH_SIZE (256u * 1024u)
#define CHUNK      8192u
#define LEN_OF(a)  (sizeof(a) / sizeof((a)[0]))

#define REQUIRE(x)                                                                                 \
	do {                                                                                       \
		if (!(x))                                                                          \
			abort();                                                                   \
	} while (0)

static const char *const chips[] = {
	"esp32",   "esp32c2", "esp32c3", "esp32c5", "esp32c6",  "esp32c61",
	"esp32h2", "esp32p4", "esp32s2", "esp32s3", "esp32s31",
};

/* Changes the bytes that the board sends. */
static struct spoiler {
	const uint8_t *edits;
	size_t left;
	unsigned untouched;
	uint8_t pending[64]; /* inserted bytes */
	size_t pending_len;
} spoiler;

struct watch {
	enum ef_stage stage;
	uint32_t addr;
	uint64_t done, total;
	bool is_open;
};

static void next_edit(struct spoiler *s)
{
	if (s->left < 3) {
		s->left = 0;
		return;
	}
	s->edits += 3;
	s->left -= 3;
	s->untouched = s->left >= 3 ? s->edits[0] : 0;
}

/* Works in place and never adds bytes; the next read returns insertions. */
static size_t spoil(struct spoiler *s, uint8_t *buf, size_t len)
{
	size_t out = 0;

	for (size_t i = 0; i < len; i++) {
		if (s->left < 3 || s->untouched-- > 0) {
			buf[out++] = buf[i];
			continue;
		}
		switch (s->edits[1] % 4) {
		case 0: /* changed */
			buf[out++] = buf[i] ^ s->edits[2];
			break;
		case 1: /* lost */
			break;
		case 2: /* replaced */
			buf[out++] = s->edits[2];
			break;
		case 3: /* noise after it */
			buf[out++] = buf[i];
			s->pending_len = s->edits[1] / 4 % sizeof(s->pending);
			memset(s->pending, s->edits[2], s->pending_len);
			break;
		}
		next_edit(s);
	}
	return out;
}

static bool spoil_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		       size_t *ret_len, struct ef_err *err)
{
	struct spoiler *s = &spoiler;
	size_t len;

	if (s->pending_len) {
		len = s->pending_len < cap ? s->pending_len : cap;
		memcpy(buf, s->pending, len);
		s->pending_len = 0;
		*ret_len = len;
		return true;
	}
	do {
		if (!tap_real->read(port, buf, cap, deadline_us, &len, err))
			return false;
		*ret_len = spoil(s, buf, len);
	} while (len && !*ret_len && tap_real->now_us(port) < deadline_us);
	return true;
}

static void on_event(void *user, const struct ef_event *e)
{
	struct watch *w = user;

	REQUIRE(e->text && e->label);
	if (e->kind != EF_EVENT_PROGRESS)
		return;
	REQUIRE(e->done <= e->total);
	if (e->done == 0)
		*w = (struct watch){
			.stage = e->stage, .addr = e->addr, .total = e->total, .is_open = true
		};
	REQUIRE(w->is_open && w->stage == e->stage && w->addr == e->addr);
	REQUIRE(w->total == e->total && e->done >= w->done);
	w->done = e->done;
}

static bool on_data(void *user, const uint8_t *data, size_t len, struct ef_err *err)
{
	size_t *sum = user;

	(void)err;
	for (size_t i = 0; i < len; i++)
		*sum += data[i];
	return true;
}

/* 0: the chip is honest. From which reply on it lies depends on the other bytes. */
static void choose_lie(struct sim_faults *f, unsigned lie, unsigned from)
{
	unsigned *const lies[] = {
		NULL,
		&f->lies.values_from,
		&f->lies.stale_from,
		&f->lies.refuse_from,
		&f->lies.size_from,
		&f->lies.length_from,
		&f->lies.opcode_from,
		&f->lies.digest_from,
		&f->lies.late_from,
		&f->lies.other_from,
		&f->stall_reply,
		&f->reset_at_request,
	};

	if (lie == 0 || lie >= LEN_OF(lies))
		return;
	*lies[lie] = from;
	f->noise_seed = from;
	f->delay_ms = 500;
	if (lie == 9)
		f->reset_at_request = from + 1;
}

/* Checks that the record agrees with the result, and empties it. */
static bool settle(bool ok, struct ef_err *err)
{
	REQUIRE(ok == (err->code == EF_OK));
	REQUIRE(ok == (err->msg[0] == '\0'));
	ef_err_clear(err);
	return ok;
}

static void use(struct ef_flasher *f, struct watch *w, unsigned options, struct ef_err *err)
{
	static uint8_t data[3 * CHUNK];
	const struct ef_region regions[] = {
		{ 0x1000, data, CHUNK, "first" },
		{ 0x8000, data, 3000, "second" },
	};
	const struct ef_write_opts write_opts = { .no_verify = options & 0x10,
						  .no_skip = options & 0x20 };
	struct ef_write_stats stats;
	size_t sum = 0;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * i >> 7);
	if (settle(plain_write(f, regions, 2, &write_opts, &stats, err), err))
		REQUIRE(!w->is_open || w->done == w->total);
	if (settle(ef_flasher_read(f, 0x1004, 5000, on_data, &sum, err), err))
		REQUIRE(!w->is_open || w->done == w->total);
	(void)settle(plain_erase_region(f, 0x1000, 0x1000, "part", err), err);
	(void)settle(ef_flasher_finish(f, (enum ef_after)(options >> 6), err), err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sim_opts board = { .flash_size = FLASH_SIZE, .revision = SIM_DEFAULT_REV };
	struct ef_connect_opts opts = { .event = on_event, .attempts = 2, .timeout_ms = 2000 };
	struct ef_err err = EF_ERR_INIT;
	struct ef_flasher *f = NULL;
	struct ef_port *port = NULL;
	struct watch watch = { .done = 0 };
	struct sim *sim;

	if (size < 3)
		return 0;
	board.chip = chips[data[0] % LEN_OF(chips)];
	board.circuit = (enum sim_circuit)(data[2] % (SIM_CIRCUIT_USB_JTAG + 1));
	board.chatty_app = data[2] & 0x80;
	board.secure_boot = data[2] & 0x40;
	board.stub_running = data[2] & 0x20;
	choose_lie(&board.faults, data[0] / LEN_OF(chips), 1 + (data[1] ^ data[2]) % 60u);
	opts.event_user = &watch;
	opts.no_stub = data[1] & 1;
	opts.rate_hz = data[1] & 2 ? 460800 : 0;
	opts.before = data[1] & 4 ? EF_BEFORE_NO_RESET : EF_BEFORE_DEFAULT_RESET;
	opts.skip_flash = data[1] & 8;
	sim = sim_new(&board);
	if (!sim) /* a circuit that this chip can't have */
		return 0;
	REQUIRE(sim_port_open(sim, &port, &err));
	tap_open(port)->read = spoil_read;
	spoiler = (struct spoiler){ .edits = data + 3, .left = size - 3 };
	spoiler.untouched = spoiler.left >= 3 ? spoiler.edits[0] : 0;
	if (settle(ef_flasher_connect(port, &opts, &f, &err), &err))
		use(f, &watch, data[1], &err);
	ef_flasher_close(f);
	tap_close(port);
	ef_port_close(port);
	sim_free(sim);
	return 0;
}
