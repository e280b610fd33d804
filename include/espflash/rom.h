/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Exchange requests and replies with a ROM or stub loader over a port. This layer
 * knows frames, opcodes, status bytes and timeouts. It knows nothing about chips:
 * what differs between them is an argument. It does each exchange once; retrying
 * is the flasher's business. docs/protocol.md has the source of each wire fact.
 */
#ifndef ESPFLASH_ROM_H
#define ESPFLASH_ROM_H

#include <espflash/port.h>
#include <espflash/region.h>
#include <espflash/rom_wire.h>

EF_API_BEGIN

/** When a run of received bytes arrived. */
struct ef_rx_mark {
	uint64_t at_us; /**< by the port's clock */
	uint64_t from;  /**< ef_rx_log.total before the first of them */
};

/**
 * A log of the bytes that arrived outside of answers, for the diagnosis. It keeps the newest, or
 * the first.
 */
#define EF_RX_MARKS 64
struct ef_rx_log {
	uint8_t data[2048];
	size_t len;                          /**< bytes valid in data */
	uint64_t total;                      /**< bytes ever received */
	struct ef_rx_mark mark[EF_RX_MARKS]; /**< the newest runs, oldest first */
	unsigned marks;
	bool keeps_first; /**< full: drop what arrives, instead of the oldest */
};

struct ef_rom;
/** Carries out one request: sends it and returns the answer. */
typedef bool ef_exchange_fn(void *ctx, const struct ef_request *req, struct ef_reply *ret,
			    struct ef_err *err);

struct ef_rom {
	struct ef_port *port;  /**< borrowed */
	enum ef_loader loader; /**< which loader answers */
	/**
	 * Collects bytes outside frames and in frames that aren't replies; NULL: they are dropped.
	 */
	struct ef_rx_log *rx_log;
	/**
	 * The typed commands below call this for each exchange, so that a session can put its
	 * recovery policy around them. NULL: ef_rom_command, one plain exchange.
	 */
	ef_exchange_fn *exchange;
	void *exchange_ctx;
	uint64_t skipped;       /**< bytes of frames that came instead of an answer to SYNC */
	uint64_t short_syncs;   /**< SYNCs with some answers, but not all: the line lost them */
	uint64_t received;      /**< bytes received; discarded ones don't count */
	uint64_t sent;          /**< bytes written to the port */
	uint64_t requests;      /**< frames sent, for tests and the benchmark */
	uint64_t flash_changes; /**< requests sent that begin to erase or write flash */
	/** the longest wait so far for an answer that a loader gives at once; the link caused it */
	uint64_t slowest_us;
	void *link; /**< buffers and decoder; owned */
};

bool ef_rom_init(struct ef_rom *rom, struct ef_port *port, struct ef_err *err) EF_MUST_CHECK;
void ef_rom_release(struct ef_rom *rom);

/* ---- the exchange ---- */

/**
 * Make one plain exchange: send a request and wait for its answer. Direction, opcode and length
 * must fit; other frames and noise are passed over until the one deadline. Errors: TIMEOUT (no
 * answer: names the command; fault LOST), PROTOCOL (refused: names command and reason; fault
 * REFUSED or GARBLED), PORT, INTR.
 */
bool ef_rom_command(struct ef_rom *rom, const struct ef_request *req, struct ef_reply *ret,
		    struct ef_err *err) EF_MUST_CHECK;

/** The two halves, for callers with something to do while the chip works. */
bool ef_rom_send(struct ef_rom *rom, const struct ef_request *req,
		 struct ef_err *err) EF_MUST_CHECK;
bool ef_rom_receive(struct ef_rom *rom, const struct ef_request *req, struct ef_reply *ret,
		    struct ef_err *err) EF_MUST_CHECK;

/* ---- waiting in steps, for callers that ask meanwhile whether the loader is there ---- */

enum ef_waited {
	EF_WAITED_TIME,   /**< the time passed */
	EF_WAITED_ANSWER, /**< the reply is filled in */
	EF_WAITED_SYNC,   /**< a SYNC was answered: the loader has processed what came before */
	EF_WAITED_JUNK,   /**< a frame that is not a reply came: it may have been the answer */
	EF_WAITED_TEXT,   /**< more stray bytes came than damaged answers explain: a boot log */
};
struct ef_wait {
	uint64_t until_us;  /**< by the port's clock */
	bool takes_sync;    /**< a SYNC was sent behind the request: its answer ends the wait */
	bool stops_at_junk; /**< JUNK ends the wait */
	bool stops_at_text; /**< TEXT ends it */
};
/** Wait for the answer to a request that was sent. A refusal is an error, as above. */
bool ef_rom_wait(struct ef_rom *rom, const struct ef_request *req, const struct ef_wait *wait,
		 enum ef_waited *ret, struct ef_reply *reply, struct ef_err *err) EF_MUST_CHECK;
/** Return the latest time at which the last sent byte leaves the wire; by the port's clock. */
uint64_t ef_rom_sent_us(const struct ef_rom *rom);
/** Give up on an answer: TIMEOUT "no answer to NAME within N ms". Always false. */
bool ef_rom_no_answer(struct ef_rom *rom, const struct ef_request *req, uint64_t waited_us,
		      struct ef_err *err);

/**
 * Wait until the first bytes of a raw frame are here, without taking them: least of them, or
 * the whole frame. *ret false: they did not come in time.
 */
bool ef_rom_await_frame(struct ef_rom *rom, size_t least, uint64_t deadline_us, bool *ret,
			struct ef_err *err) EF_MUST_CHECK;
/**
 * Read one raw frame of at most len bytes, even a damaged one. *ret_len: its length, 0 if none
 * came in time. *ret_whole false: it is too long, or wrongly escaped, and buf has not changed.
 */
bool ef_rom_read_packet(struct ef_rom *rom, uint8_t *buf, size_t len, uint64_t deadline_us,
			size_t *ret_len, bool *ret_whole, struct ef_err *err) EF_MUST_CHECK;
/**
 * Read one raw frame (the stub's greeting, data of READ_FLASH). If none arrives in
 * time, *ret_len is 0 and the result is success.
 */
bool ef_rom_read_frame(struct ef_rom *rom, uint8_t *buf, size_t cap, uint64_t deadline_us,
		       size_t *ret_len, struct ef_err *err) EF_MUST_CHECK;
bool ef_rom_write_frame(struct ef_rom *rom, const void *data, size_t len,
			struct ef_err *err) EF_MUST_CHECK;
/** Forget half-received frames and everything in the port's buffers. */
bool ef_rom_discard(struct ef_rom *rom, struct ef_err *err) EF_MUST_CHECK;

/* ---- commands, typed ---- */

enum ef_sync_result {
	EF_SYNC_NONE, /**< no reply */
	EF_SYNC_ROM,  /**< replies with a value: the ROM */
	EF_SYNC_STUB, /**< replies with zero: a stub left running */
};
/**
 * Send one SYNC, wait timeout_ms for the first reply and collect the other
 * seven (only while they keep coming). Silence is success with EF_SYNC_NONE.
 */
bool ef_rom_sync(struct ef_rom *rom, uint32_t timeout_ms, enum ef_sync_result *ret,
		 struct ef_err *err) EF_MUST_CHECK;
/** Wait for the answers in the same way, without sending: to a SYNC from before. */
bool ef_rom_hear_sync(struct ef_rom *rom, uint64_t deadline_us, enum ef_sync_result *ret,
		      struct ef_err *err) EF_MUST_CHECK;

/**
 * Do the same, for a loader that answered before: more stray bytes than damaged answers explain are
 * the log of a chip that restarted, and end the wait. Stray bytes are counted since the last
 * ef_rom_discard.
 */
bool ef_rom_sync_or_text(struct ef_rom *rom, uint32_t timeout_ms, enum ef_sync_result *ret,
			 bool *ret_is_text, struct ef_err *err) EF_MUST_CHECK;
/**
 * Send one SYNC to a loader that is known to answer. *ret: all eight answers came, and each
 * arrived undamaged.
 */
bool ef_rom_echo(struct ef_rom *rom, uint32_t timeout_ms, bool *ret,
		 struct ef_err *err) EF_MUST_CHECK;
/** Send a SYNC without waiting for its answers. */
bool ef_rom_send_sync(struct ef_rom *rom, struct ef_err *err) EF_MUST_CHECK;
/**
 * Wait for an answer to such a SYNC; other replies are passed over. A stub's status in it
 * may be that of an earlier request: status 0 is success.
 */
bool ef_rom_await_sync(struct ef_rom *rom, uint32_t timeout_ms, bool *ret_found,
		       uint8_t ret_status[2], struct ef_err *err) EF_MUST_CHECK;
/** Take the remaining answers of a burst (SYNC's eight) off the line. */
bool ef_rom_drain_burst(struct ef_rom *rom, struct ef_err *err) EF_MUST_CHECK;

/**
 * Send a lone frame delimiter. A stub takes the first delimiter after a frame as a
 * start and the next as an end. If it missed one or saw one too many, it takes every
 * later frame as the gap between two, until one more delimiter arrives.
 */
bool ef_rom_shift_frame(struct ef_rom *rom, struct ef_err *err) EF_MUST_CHECK;

/**
 * Send one SYNC and wait for an answer. *ret: a loader is there. Any reply shows that, even a
 * refusal, or one to an earlier request; it counts even if the result is false.
 * in_any_step: send the SYNC twice with one delimiter between, so that a stub executes one of
 * them, in step or not. A stub that was in step is then out of it, and vice versa.
 */
bool ef_rom_is_there(struct ef_rom *rom, uint32_t timeout_ms, bool in_any_step, bool *ret,
		     struct ef_err *err) EF_MUST_CHECK;

bool ef_rom_read_reg(struct ef_rom *rom, uint32_t addr, uint32_t *ret,
		     struct ef_err *err) EF_MUST_CHECK;
/** How many requests may be sent before the first is answered. */
struct ef_read_ahead {
	size_t room;         /**< bytes on the wire that the loader can hold */
	uint32_t timeout_ms; /**< for all answers together */
};
/**
 * Read several registers: the requests follow each other in one write, and the answers
 * come in the same order. *ret_count: how many were read, at least one; call again for the
 * others. Only a mask ROM takes requests like this. An answer does not say which register
 * it belongs to, so any loss or damage fails the whole call, with nothing read; then the
 * caller must find the loader again (ef_rom_sync) before it asks for anything else.
 * Errors: as ef_rom_command.
 */
bool ef_rom_read_regs(struct ef_rom *rom, const uint32_t *addrs, size_t count,
		      const struct ef_read_ahead *ahead, uint32_t *ret, size_t *ret_count,
		      struct ef_err *err) EF_MUST_CHECK;
bool ef_rom_write_reg(struct ef_rom *rom, uint32_t addr, uint32_t value, uint32_t mask,
		      uint32_t delay_us, struct ef_err *err) EF_MUST_CHECK;

struct ef_reg_write {
	uint32_t addr, value;
};
#define EF_REG_WRITES_MAX 8
/** Write several registers like ef_rom_read_regs. *ret_count: how many were written. */
bool ef_rom_write_regs_ahead(struct ef_rom *rom, const struct ef_reg_write *writes, size_t count,
			     const struct ef_read_ahead *ahead, size_t *ret_count,
			     struct ef_err *err) EF_MUST_CHECK;
/** Write up to EF_REG_WRITES_MAX registers, in this order, by one request. Only a stub takes it. */
bool ef_rom_write_regs(struct ef_rom *rom, const struct ef_reg_write *writes, size_t count,
		       struct ef_err *err) EF_MUST_CHECK;

bool ef_rom_mem_begin(struct ef_rom *rom, uint32_t size, uint32_t blocks, uint32_t block_size,
		      uint32_t addr, struct ef_err *err) EF_MUST_CHECK;
bool ef_rom_mem_data(struct ef_rom *rom, uint32_t seq, const uint8_t *data, size_t len,
		     struct ef_err *err) EF_MUST_CHECK;
/** entry 0: stay in the loader. A ROM that jumps may not answer; silence for 200 ms is success. */
bool ef_rom_mem_end(struct ef_rom *rom, uint32_t entry, struct ef_err *err) EF_MUST_CHECK;

struct ef_flash_begin {
	uint32_t size; /**< bytes to erase and write; raw as sent */
	uint32_t blocks, block_size, addr;
	bool deflate;          /**< FLASH_DEFL_BEGIN */
	bool has_encrypt_word; /**< five words instead of four */
	bool encrypt;
};
bool ef_rom_flash_begin(struct ef_rom *rom, const struct ef_flash_begin *begin,
			struct ef_err *err) EF_MUST_CHECK;
/**
 * Prepare a data block (FLASH_DATA or FLASH_DEFL_DATA) for ef_rom_send and
 * ef_rom_receive. head must live as long as the request. work_len: flash
 * bytes that the chip may be busy with before it answers (scales the timeout).
 */
void ef_rom_flash_data_request(struct ef_request *req, uint8_t head[EF_DATA_HEAD_SIZE],
			       bool deflate, uint32_t seq, const uint8_t *data, size_t len,
			       size_t pad_to, uint32_t work_len);
/** End a write. Don't send it to a ROM after a write: it would leave the loader. */
bool ef_rom_flash_end(struct ef_rom *rom, bool deflate, bool reboot,
		      struct ef_err *err) EF_MUST_CHECK;
/** Do the same after a block whose work_len bytes a stub may still be writing. */
bool ef_rom_flash_end_after(struct ef_rom *rom, bool deflate, bool reboot, uint32_t work_len,
			    struct ef_err *err) EF_MUST_CHECK;

bool ef_rom_spi_attach(struct ef_rom *rom, uint32_t pins, struct ef_err *err) EF_MUST_CHECK;
bool ef_rom_spi_set_params(struct ef_rom *rom, uint32_t flash_size,
			   struct ef_err *err) EF_MUST_CHECK;
/** The reply arrives at the old rate; the caller then changes the host's rate. */
bool ef_rom_change_baud(struct ef_rom *rom, uint32_t new_rate, uint32_t old_rate,
			struct ef_err *err) EF_MUST_CHECK;
bool ef_rom_flash_md5(struct ef_rom *rom, uint32_t addr, uint32_t len, uint8_t ret[16],
		      struct ef_err *err) EF_MUST_CHECK;
/** The same in two halves, for callers with something to do while the chip computes. */
struct ef_md5_request {
	uint8_t head[16];
	struct ef_request req; /**< points into head: do not copy */
};
void ef_rom_flash_md5_request(struct ef_md5_request *md5, enum ef_loader loader, uint32_t addr,
			      uint32_t len);
bool ef_rom_flash_md5_parse(const struct ef_reply *reply, uint8_t ret[16],
			    struct ef_err *err) EF_MUST_CHECK;

struct ef_security_info {
	uint32_t flags;
	uint8_t crypt_cnt;
	uint8_t key_purposes[7];
	bool has_chip_id; /**< false in the 12-byte form (S2) */
	uint32_t chip_id, api_version;
};
bool ef_rom_security_info(struct ef_rom *rom, struct ef_security_info *ret,
			  struct ef_err *err) EF_MUST_CHECK;

/* The stub knows these; the ROM does not. */
bool ef_rom_erase_flash(struct ef_rom *rom, uint32_t flash_size, struct ef_err *err) EF_MUST_CHECK;
bool ef_rom_erase_region(struct ef_rom *rom, uint32_t addr, uint32_t len,
			 struct ef_err *err) EF_MUST_CHECK;
bool ef_rom_read_flash_begin(struct ef_rom *rom, uint32_t addr, uint32_t len, uint32_t packet,
			     uint32_t in_flight, struct ef_err *err) EF_MUST_CHECK;
/* The ROM knows this; the stub does not. At most 64 bytes. */
bool ef_rom_read_flash_slow(struct ef_rom *rom, uint32_t addr, uint32_t len, uint8_t ret[64],
			    struct ef_err *err) EF_MUST_CHECK;

EF_API_END
#endif
