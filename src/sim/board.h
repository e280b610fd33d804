/* SPDX-License-Identifier: MIT */
/* The state of a virtual board, part by part. Only files of this folder see it. */
#ifndef EF_SIM_BOARD_H
#define EF_SIM_BOARD_H

#define ZLIB_CONST
#include <zlib.h>

#include "base/bytes.h"
#include "sim/board_opts.h"
#include "sim/sim_chips.h"

#define SIM_NEVER    UINT64_MAX
#define SIM_SECTOR   0x1000u
#define SIM_BLOCK    0x10000u
#define SIM_PAGE     0x100u
#define SIM_ROM_RATE 115200u
/* The largest request the stub takes: esp-flasher-stub frame_buffer.h, 8 + 0x4000 + 0xff. */
#define SIM_STUB_FRAME (8u + 0x4000u + 0xffu)
#define SIM_ROM_FRAME  SIM_STUB_FRAME

#define SIM_PAGES_MAX   1024u /* the pages have 4 KB each; no chip has more memory */
#define SIM_CONSOLE_MAX (256u * 1024u)
#define SIM_HOST_RX     65536u

enum sim_mode {
	SIM_MODE_OFF,  /* EN is low */
	SIM_MODE_ROM,  /* download mode, ROM loader */
	SIM_MODE_STUB, /* download mode, stub */
	SIM_MODE_BOOT, /* boots, or fails to boot again and again */
	SIM_MODE_RUN,  /* the application runs */
	SIM_MODE_DEAD, /* jumped to nowhere; only a reset helps */
};

/* DTR and RTS, and the pins that they drive. */
struct sim_circuit_state {
	unsigned lines; /* enum ef_line bits, as the host set them */
	bool is_en_low, is_boot_low;
	/* EN is low because of the lines; because RESET is pressed */
	bool is_held_by_lines, is_held_by_hand;
	/* USB-Serial/JTAG: its "download" flag, and whether it caused the reset */
	bool is_usb_flag, is_reset_by_usb;
	uint64_t en_rise_at, buttons_at, hand_at; /* hand_at: RESET is pressed, or let go */
};

/* The next reset that doesn't come from EN, and how many there were of either kind. */
struct sim_reset {
	uint64_t at;
	enum sim_cause cause;
	unsigned count;
};

struct sim_wire_byte {
	uint64_t at;
	uint32_t rate;
	uint8_t byte;
	bool is_text;
};

/* Bytes under way, in a ring that grows. */
struct sim_wire {
	struct sim_wire_byte *v;
	size_t head, len, cap;
	uint64_t end_us; /* when the last byte has arrived */
	uint32_t rest;   /* a part of a microsecond, in a unit that follows from the rate */
	struct sim_wire_byte last; /* the last byte that has arrived */
};

struct sim_slip {
	uint8_t buf[SIM_STUB_FRAME];
	size_t len, limit;
	bool is_in, is_escape;
};

#define SIM_UART_FIFO 128u

/* How a stub receives: see stub_rx.c and stub_frames.c. */
enum sim_frame_state { SIM_FRAME_FREE, SIM_FRAME_COMPLETE, SIM_FRAME_ERROR };
struct sim_stub_rx {
	struct sim_frame {
		uint8_t data[SIM_STUB_FRAME];
		size_t len;
		enum sim_frame_state state;
	} frame[2];
	unsigned filled, handled; /* index of the frame being received, and of the other one */
	bool is_armed;            /* the decoder has a buffer; else it drops what arrives */
	bool is_in, is_escape;
	bool is_busy;          /* work on the handled frame continues */
	uint64_t interrupt_at; /* when the FIFO is read at the latest, after a pause */
	unsigned lost;         /* bytes of frames that came without a buffer for them */
};

/* The chip's UART. */
struct sim_uart {
	struct sim_wire to_chip, to_host;
	uint32_t rate;
	uint64_t busy_until; /* the CPU doesn't read the FIFO before this time */
	uint8_t fifo[SIM_UART_FIFO];
	size_t fifo_len;
	struct sim_slip slip; /* the ROM's */
	struct sim_stub_rx stub_rx;
	bool is_autobaud; /* the ROM still measures the rate */
	uint32_t autobaud_rate;
	unsigned autobaud_count;
};

/* Counters and generator of the line's faults. */
struct sim_noise_state {
	unsigned rx_count; /* bytes that reached the chip */
	unsigned garbled;  /* bytes that came out wrong because the rates differ */
	uint32_t state;    /* the state of the random generator */
};

/* The host's serial port: its rate, and the bytes that the host hasn't read. */
struct sim_host {
	uint32_t rate;
	bool has_no_rate; /* a raw socket carries no rate */
	uint8_t rx[SIM_HOST_RX];
	size_t head, len, held; /* held: bytes that the bridge keeps until release_at */
	uint64_t release_at;
};

/* A fault may pull the cable. */
struct sim_cable {
	bool is_unplugged;
	uint64_t replug_at;
};

struct sim_page {
	uint32_t base;
	uint8_t data[4096];
};

struct sim_regs {
	struct sim_page *pages[SIM_PAGES_MAX];
	size_t page_count;
	bool is_wdt_open;
};

struct sim_flash_chip {
	uint8_t *data;
	uint32_t size;
	bool is_own; /* data is ours to free */
	bool is_attached, is_powered;
	uint8_t status[3];
	uint32_t param_size; /* the size that SPI_SET_PARAMS set */
	uint64_t erased;
	unsigned programs;
};

/* One write in progress: plain, or compressed. */
struct sim_write {
	bool is_active, is_deflated;
	bool is_encrypted; /* the loader encrypts what it writes */
	uint32_t left, blocks, block, addr, seq;
	uint32_t erase_next, erase_left; /* stub: the range that isn't erased yet */
	bool is_dirty_seen;
	bool is_stream_open, is_stream_done;
	z_stream stream;
	uint8_t out[32768];
	uint32_t out_len;
};

struct sim_mem_write {
	bool is_active;
	uint32_t left, addr, block, seq;
};

#define SIM_ROM_BODY 68u /* READ_FLASH_SLOW: 64 bytes and the status */

/* Parts of the ROM's last answer that the next one may repeat. */
struct sim_last {
	uint8_t op, reason;
	unsigned copies;
	uint32_t value;
	uint8_t body[SIM_ROM_BODY]; /* data and status, at whatever place */
};

struct sim_upload {
	uint32_t addr, len;
};

struct sim_read {
	bool is_active;
	uint32_t first; /* address of the first byte: the digest at the end covers all */
	uint32_t addr, left, packet, total, acked;
	uint32_t sent, acks; /* packets and acknowledgements */
};

/* The loader that runs, ROM or stub. */
struct sim_loader {
	struct sim_write write;
	struct sim_mem_write mem;
	struct sim_upload uploads[16];
	size_t upload_count;
	struct sim_read read;
	struct sim_last last;
	bool is_leaving;
	uint16_t deferred; /* stub: error of the work after the last answer */
	unsigned requests[256], request_total;
	uint32_t lie,
		/*
		 * for a chip that lies: the generator, and the last value that it should have sent
		 */
		stale;
};

/* The chip's own USB port. */
struct sim_usb_state {
	unsigned life; /* how often it left the bus */
	uint64_t back_at;
	bool is_app;              /* the application serves the port, not the ROM */
	unsigned otg_step;        /* steps seen of the line sequence that asks for the loader */
	bool is_strap_low;        /* level of BOOT at the last reset that reads the straps */
	bool is_loader_requested; /* firmware asked the ROM for its loader */
};

/* The application's timers, and all text that the chip has printed. */
struct sim_boot_state {
	uint64_t run_at, tick_at;
	unsigned ticks;
	char *console;
	size_t console_len;
};

struct sim {
	const struct sim_chip *chip;
	struct sim_opts opts;
	uint32_t revision, xtal_hz, rom_xtal_hz;
	uint64_t now;
	bool is_failed; /* memory ran out: the board is silent from here on */
	enum sim_mode mode;
	struct sim_circuit_state circuit;
	struct sim_reset reset;
	struct sim_cable cable;
	struct sim_host host;
	struct sim_uart uart;
	struct sim_noise_state noise;
	struct sim_regs regs;
	struct sim_flash_chip flash;
	struct sim_loader loader;
	struct sim_usb_state usb;
	struct sim_boot_state boot;
};

#endif
