/* SPDX-License-Identifier: MIT */
/* Shared between the files of the virtual board; nobody else includes this. */
#ifndef EF_SIM_PRIV_H
#define EF_SIM_PRIV_H

#define ZLIB_CONST
#include <zlib.h>

#include "base/bytes.h"
#include "sim/sim.h"

#define SIM_NEVER    UINT64_MAX
#define SIM_SECTOR   0x1000u
#define SIM_BLOCK    0x10000u
#define SIM_PAGE     0x100u
#define SIM_ROM_RATE 115200u
/* The largest request the stub takes: esp-flasher-stub frame_buffer.h, 8 + 0x4000 + 0xff. */
#define SIM_STUB_FRAME (8u + 0x4000u + 0xffu)
#define SIM_ROM_FRAME  SIM_STUB_FRAME

/* ---- sim_chips.c: our own few constants, apart from src/chip ---- */

struct sim_range {
	uint32_t start, end;
};

/* width bits at `lsb` of a value live at `shift` of a register */
struct sim_field {
	uint32_t reg;
	uint8_t shift, width, lsb;
};

enum sim_family { SIM_FAMILY_OLD, SIM_FAMILY_RTC, SIM_FAMILY_LP };

/* Reset causes, as the ROM of each family names them. */
enum sim_cause { SIM_POWERON, SIM_SW, SIM_TGWDT, SIM_RTCWDT, SIM_USB, SIM_BROWNOUT, SIM_CAUSES };

/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): eleven of them, in reading order */
struct sim_chip {
	const char *name;
	const char *rom,
		*build; /* the two lines of its ROM's greeting; ESP32 has one, see boot_rom.c */
	enum sim_family family;
	uint16_t image_id, revision; /* a usual revision, major * 100 + minor */
	uint16_t strap_flash, strap_download;
	const char *download_text;
	uint32_t magic, boot_addr;
	uint8_t security_len; /* bytes of security info; 0: no such command */
	uint8_t xtal_mhz;
	bool is_address_on_top; /* SPI address register is MSB aligned */
	bool has_usb_jtag, is_multicore;
	uint16_t otg_pid;   /* USB product id of its ROM on USB-OTG; 0: none */
	uint32_t strap_reg; /* GPIO_STRAP (ESP-IDF gpio_reg.h): pins, when they were read */
	uint32_t spi_base;
	uint8_t spi_usr, spi_w0, spi_mosi, spi_miso; /* offsets */
	uint32_t mac_reg; /* low word; the high half-word is at the next one */
	struct sim_field major[3], minor[2];
	struct sim_field secure_boot;                   /* eFuse: version 2 is on */
	uint32_t clkdiv_reg;                            /* 0: none that a host could read */
	uint32_t wdt_config0, wdt_config1, wdt_protect; /* 0: no watchdog reset */
	uint32_t option1_reg, option1_force;            /* 0: no forced download */
	struct sim_range ram[3], mapped[2];
	uint32_t stub_text[2]; /* P4: where a stub may run, by revision family */
};

const struct sim_chip *sim_chip_find(const char *name);
const struct sim_chip *sim_chip_at(size_t index); /* NULL past the end */
const char *sim_cause_name(const struct sim_chip *chip, enum sim_cause cause, unsigned *ret_code);
bool sim_chip_is_ram(const struct sim_chip *chip, uint32_t addr, uint32_t len);

/* ---- state ---- */

enum sim_mode {
	SIM_MODE_OFF,  /* EN is low */
	SIM_MODE_ROM,  /* download mode, ROM loader */
	SIM_MODE_STUB, /* download mode, stub */
	SIM_MODE_BOOT, /* boots, or fails to again and again */
	SIM_MODE_RUN,  /* the application runs */
	SIM_MODE_DEAD, /* jumped to nowhere; only a reset helps */
};

struct sim_wire_byte {
	uint64_t at;
	uint32_t rate;
	uint8_t byte;
	bool is_text;
};

/* Bytes on their way, a ring that grows. */
struct sim_wire {
	struct sim_wire_byte *v;
	size_t head, len, cap;
	uint64_t end_us; /* when the last byte has passed */
};

struct sim_slip {
	uint8_t buf[SIM_STUB_FRAME];
	size_t len, limit;
	bool is_in, is_escape, is_strict; /* strict: as the stub's decoder; else the ROM's */
};

struct sim_page {
	uint32_t base;
	uint8_t data[4096];
};

/* One write in progress: plain, or compressed. */
struct sim_write {
	bool is_active, is_deflated, is_encrypted;
	uint32_t left, blocks, block, addr, packed_left, seq;
	uint32_t erase_next, erase_left; /* stub: what is not erased yet */
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

/* What of the ROM's last answer shows through in the next. */
struct sim_last {
	uint8_t op, reason;
	unsigned copies;
	uint32_t value;
};

struct sim_upload {
	uint32_t addr, len;
};

struct sim_read {
	bool is_active;
	uint32_t addr, left, packet, total, acked;
	uint8_t *data; /* start of what is hashed at the end */
	uint32_t first;
};

#define SIM_PAGES_MAX   1024u /* of 4 KB: more than any of these chips has */
#define SIM_CONSOLE_MAX (256u * 1024u)
#define SIM_HOST_RX     65536u

/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): one of it, grouped by file */
struct sim {
	const struct sim_chip *chip;
	struct sim_opts opts;
	uint32_t revision, xtal_hz, rom_xtal_hz;
	uint64_t now;
	bool is_failed; /* memory ran out: the board is silent from here on */

	/* circuit.c */
	unsigned lines;
	bool is_en_low, is_boot_low, is_usb_flag, is_reset_by_usb;
	uint64_t en_rise_at, reset_at, buttons_at;
	enum sim_cause reset_cause;
	unsigned resets;

	/* uart.c */
	struct sim_wire to_chip, to_host;
	uint32_t host_rate, rate;
	bool is_autobaud, has_no_rate; /* no rate: behind a raw socket */
	uint32_t autobaud_rate;
	unsigned autobaud_count, rx_count, noise;
	uint32_t noise_state;
	uint64_t busy_until;
	uint8_t fifo[2 * SIM_STUB_FRAME];
	size_t fifo_len;
	unsigned overruns;
	uint8_t host_rx[SIM_HOST_RX];
	size_t host_head, host_len;
	struct sim_slip slip;

	/* regs.c */
	struct sim_page *pages[SIM_PAGES_MAX];
	size_t page_count;
	bool is_wdt_open, is_flash_on;
	uint8_t flash_status[3];

	/* sim_flash.c */
	uint8_t *flash;
	uint32_t flash_size;
	bool is_own_flash, is_attached;
	uint32_t param_size; /* what SPI_SET_PARAMS said */
	uint64_t erased;
	unsigned programs;

	/* rom_loader.c, stub.c */
	enum sim_mode mode;
	struct sim_write write;
	struct sim_mem_write mem;
	struct sim_upload uploads[16];
	size_t upload_count;
	struct sim_read read;
	struct sim_last last;
	bool is_leaving;
	uint16_t deferred; /* stub: error of the work after the last answer */
	unsigned requests[256], request_total;
	bool is_stalled;

	/* sim_port.c: the cable */
	bool is_unplugged;
	uint64_t replug_at;

	/* usb.c */
	unsigned usb_life, otg_step;
	uint64_t usb_back_at;
	bool is_usb_app, is_strap_low, is_otg_noted;

	/* boot.c */
	uint64_t run_at, tick_at, text_at;
	unsigned ticks, boots;
	char *console;
	size_t console_len;
};

/* ---- sim.c ---- */
void sim_advance(struct sim *sim, uint64_t until_us);
uint64_t sim_next_event(const struct sim *sim); /* SIM_NEVER: nothing will happen by itself */
void sim_reset_chip(struct sim *sim, enum sim_cause cause, bool is_download);

/* ---- circuit.c ---- */
void sim_circuit_init(struct sim *sim);
void sim_circuit_lines(struct sim *sim, unsigned lines);
void sim_circuit_en_rose(struct sim *sim);
bool sim_circuit_is_usb(const struct sim *sim); /* bytes have no rate */

/* ---- usb.c ---- */
void sim_usb_powered(struct sim *sim);
/* The chip was reset: what happens to its own port, and which straps it sees. */
void sim_usb_reset(struct sim *sim, enum sim_cause cause, bool is_download);
/* Before it starts: into its loader? */
bool sim_usb_straps(struct sim *sim, enum sim_cause cause, bool is_download);
bool sim_usb_is_there(const struct sim *sim);
void sim_usb_identity(const struct sim *sim, struct ef_port_info *ret);
void sim_usb_otg_lines(struct sim *sim, unsigned lines);

/* ---- trouble.c ---- */
void sim_trouble_started(struct sim *sim, bool is_download); /* after a reset: plan the next one */
bool sim_trouble_strap(const struct sim *sim, unsigned *ret_strap, const char **ret_name);
/* The port as an open handle sees it: which of its lives this is, and whether it lives now. */
uint64_t sim_trouble_port_life(const struct sim *sim, bool *ret_is_there);

/* ---- uart.c ---- */
bool sim_wire_push(struct sim *sim, struct sim_wire *wire, uint64_t at, uint32_t rate, uint8_t byte,
		   bool is_text);
void sim_wire_cut(struct sim_wire *wire, uint64_t now); /* what hasn't passed yet never will */
void sim_uart_from_host(struct sim *sim, const uint8_t *data, size_t len);
void sim_uart_arrive(struct sim *sim); /* bytes whose time has come, both ways */
void sim_uart_idle(struct sim *sim);   /* the chip reads its FIFO again */
size_t sim_uart_take(struct sim *sim, uint8_t *buf, size_t cap);
void sim_uart_forget(struct sim *sim); /* what the host has not read */
void sim_uart_send(struct sim *sim, uint64_t at, const void *data, size_t len, bool is_text);
/* No byte of either direction arrives any more; the host forgets what it had. */
void sim_uart_cut(struct sim *sim);
void sim_uart_frame(struct sim *sim, uint64_t at, const uint8_t *data, size_t len);
void sim_slip_start(struct sim_slip *slip, size_t limit, bool is_strict);
bool sim_slip_push(struct sim_slip *slip, uint8_t byte); /* true: a frame is in buf */

/* ---- regs.c ---- */
bool sim_mem_write(struct sim *sim, uint32_t addr, const uint8_t *data, size_t len);
void sim_mem_read(const struct sim *sim, uint32_t addr, uint8_t *buf, size_t len);
void sim_mem_clear(struct sim *sim);
void sim_regs_reset(struct sim *sim, bool is_power_on);
uint32_t sim_reg_read(struct sim *sim, uint32_t addr);
void sim_reg_write(struct sim *sim, uint32_t addr, uint32_t value);
void sim_spi_run(struct sim *sim);

/* ---- sim_flash.c ---- */
bool sim_flash_init(struct sim *sim);
bool sim_flash_reachable(const struct sim *sim);
bool sim_flash_erase(struct sim *sim, uint32_t addr, uint32_t len);
bool sim_flash_program(struct sim *sim, uint32_t addr, const uint8_t *data, uint32_t len);
bool sim_flash_md5(const struct sim *sim, uint32_t addr, uint32_t len, uint8_t ret[16]);
bool sim_flash_is_blank(const struct sim *sim, uint32_t addr, uint32_t len);
uint32_t sim_flash_id(const struct sim *sim);
/* How long it takes, 0 on a board without pacing. */
uint64_t sim_erase_us(const struct sim *sim, uint32_t addr, uint32_t len);
uint64_t sim_program_us(const struct sim *sim, uint32_t len);
uint64_t sim_md5_us(const struct sim *sim, uint32_t len);

/* ---- loader.c: what ROM and stub share ---- */
#define SIM_OP_FLASH_BEGIN     0x02u
#define SIM_OP_FLASH_DATA      0x03u
#define SIM_OP_FLASH_END       0x04u
#define SIM_OP_MEM_BEGIN       0x05u
#define SIM_OP_MEM_END         0x06u
#define SIM_OP_MEM_DATA        0x07u
#define SIM_OP_SYNC            0x08u
#define SIM_OP_WRITE_REG       0x09u
#define SIM_OP_READ_REG        0x0au
#define SIM_OP_SPI_SET_PARAMS  0x0bu
#define SIM_OP_SPI_ATTACH      0x0du
#define SIM_OP_READ_FLASH_SLOW 0x0eu
#define SIM_OP_CHANGE_BAUD     0x0fu
#define SIM_OP_DEFL_BEGIN      0x10u
#define SIM_OP_DEFL_DATA       0x11u
#define SIM_OP_DEFL_END        0x12u
#define SIM_OP_FLASH_MD5       0x13u
#define SIM_OP_SECURITY_INFO   0x14u
#define SIM_OP_ERASE_FLASH     0xd0u
#define SIM_OP_ERASE_REGION    0xd1u
#define SIM_OP_READ_FLASH      0xd2u
#define SIM_OP_RUN_USER_CODE   0xd3u

struct sim_request {
	uint8_t op;
	uint32_t sum;
	const uint8_t *data;
	uint16_t len;
	unsigned copies;    /* frames of the answer */
	uint64_t answer_us; /* when the work before the answer is done */
};

struct sim_answer {
	uint32_t value;
	uint8_t data[64];
	size_t len;
};

void sim_loader_frame(struct sim *sim, const uint8_t *frame, size_t len);
void sim_reply(struct sim *sim, const struct sim_request *rq, const struct sim_answer *answer,
	       const uint8_t *status, size_t status_len);
uint8_t sim_checksum(const uint8_t *data, size_t len);
size_t sim_security_info(const struct sim *sim, uint8_t ret[20]);
void sim_write_close(struct sim *sim);
void sim_regs_from_request(struct sim *sim, const struct sim_request *rq);
void sim_rom_request(struct sim *sim, struct sim_request *rq);
void sim_rom_enter(struct sim *sim);
void sim_stub_request(struct sim *sim, struct sim_request *rq);
void sim_stub_enter(struct sim *sim, bool is_greeting);
void sim_stub_ack(struct sim *sim, const uint8_t *frame, size_t len);

/* ---- rom_jump.c: what an uploaded program turns out to be ---- */
void sim_jump(struct sim *sim, uint32_t entry);
/* What was sent to RAM; the rest of something is not one more thing. */
void sim_note_upload(struct sim *sim, uint32_t addr, uint32_t len);
bool sim_is_stub_at(const struct sim *sim, uint32_t entry);

/* ---- boot.c, boot_rom.c ---- */
void sim_boot_rom_text(struct sim *sim, enum sim_cause cause, bool is_download);
void sim_boot(struct sim *sim, enum sim_cause cause);
void sim_boot_tick(struct sim *sim);
void sim_boot_run(struct sim *sim, uint64_t at);
void sim_text(struct sim *sim, uint64_t at, const char *fmt, ...) EF_PRINTF(3, 4);

/* ---- factory.c ---- */
void sim_factory(struct sim *sim);
#endif
