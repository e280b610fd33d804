/* SPDX-License-Identifier: MIT */
/* How a virtual board is built, what is wrong with it, and which faults a test asks for. */
#ifndef EF_SIM_BOARD_OPTS_H
#define EF_SIM_BOARD_OPTS_H

#include <stdbool.h>
#include <stdint.h>

/* How the board is wired. */
enum sim_circuit {
	SIM_CIRCUIT_AUTO,          /* two transistors, EN rises in 7 ms: the usual dev board */
	SIM_CIRCUIT_FAST_EN,       /* EN rises in 0.7 ms: only tight sequences work */
	SIM_CIRCUIT_SLOW_EN,       /* EN rises in 300 ms: only long delays work */
	SIM_CIRCUIT_NONE,          /* DTR and RTS lead nowhere; the application runs */
	SIM_CIRCUIT_NONE_DOWNLOAD, /* ... and the board was put into download mode by hand */
	SIM_CIRCUIT_NO_BOOT,       /* RTS resets, DTR leads nowhere: always flash boot */
	SIM_CIRCUIT_NO_TX,         /* host TX is cut: the chip hears nothing */
	SIM_CIRCUIT_NO_RX,         /* host RX is cut: silence */
	SIM_CIRCUIT_ECHO,          /* TX tied to RX, no chip */
	SIM_CIRCUIT_USB_JTAG,      /* USB-Serial/JTAG: lines are virtual, VID:PID 303a:1001 */
	SIM_CIRCUIT_USB_BUSY,      /* the chip's own USB, but the firmware serves it: no resets */
	SIM_CIRCUIT_INVERTED,      /* as AUTO, with an inverter in each line */
	SIM_CIRCUIT_USB_OTG,       /* USB-OTG, plugged in while BOOT was held; lines are messages */
};

/* What is on the chip's own USB port while the application runs. */
enum sim_usb_app {
	SIM_USB_APP_SAME,  /* what the loader has there */
	SIM_USB_APP_OTHER, /* a device with another product id */
	SIM_USB_APP_NONE,  /* nothing: the port is gone until the loader is back */
};

/* What ails the board, beside its wiring. */
enum sim_trouble {
	SIM_TROUBLE_NONE,
	SIM_TROUBLE_STRAP,    /* the second strapping pin: with BOOT low it starts another mode */
	SIM_TROUBLE_BROWNOUT, /* the supply fails 150 ms after each start from flash */
	SIM_TROUBLE_BROWNOUT_ALWAYS,   /* ... and at once in every mode */
	SIM_TROUBLE_WATCHDOG,          /* firmware hangs: restarted 150 ms after each start */
	SIM_TROUBLE_DOWNLOAD_WATCHDOG, /* a watchdog that is left over ends download mode at once */
	SIM_TROUBLE_FLAP,              /* the port is there for 600 ms of each second */
	SIM_TROUBLE_MUTE_ROM,          /* an eFuse silences the ROM's log */
};

/*
 * What goes wrong; counters start at the first request after power-on, and a
 * reply is what answers the request of the same number: all eight frames of
 * SYNC together, the first data packet for a read through the stub. 0: never.
 */
struct sim_faults {
	unsigned drop_reply;    /* the n-th reply is not sent */
	unsigned flip_reply;    /* one bit of the n-th reply is flipped */
	unsigned drop_rx_every; /* every n-th byte from the host is lost */
	unsigned flip_rx_every; /* every n-th byte from the host has a bit flipped */
	unsigned stall_reply;   /* from the n-th reply on the chip is silent */
	unsigned delay_reply;   /* the n-th reply comes delay_ms late */
	unsigned delay_ms;
	unsigned reset_at_request; /* the chip resets when the n-th request arrives */
	unsigned hang_at_request;  /* ... or hangs until it is reset */
	/* programming the n-th flash page fails (stub: reported on the next command) */
	unsigned fail_program_at;
	unsigned corrupt_flash; /* that many times a programmed bit comes out wrong, silently */
	uint32_t max_rate_hz;   /* above this rate the line is garbage both ways; 0 no limit */
	unsigned mem_block_max; /* longer writes to RAM arrive damaged (status 0107); 0 no limit */
	/*
	 * A bad line: of noise_every bytes one on average, either way and at places
	 * that depend on noise_seed, suffers one of noise_kinds (0: any of them).
	 */
	unsigned noise_every, noise_kinds, noise_seed;
	uint32_t noise_above_hz; /* only at rates above this one */
	/* The n-th request never arrives: the port is gone, and is back unplug_ms later. */
	unsigned unplug_at_request, unplug_ms;
	bool unplug_keeps_power; /* a link is cut; else the board is powered up anew */
};

enum sim_noise { SIM_NOISE_FLIP = 1, SIM_NOISE_LOSE = 2, SIM_NOISE_DOUBLE = 4, SIM_NOISE_ADD = 8 };

/* The chip's own USB port. */
struct sim_usb_opts {
	uint32_t away_ms; /* the port leaves the bus for so long after each reset; 0: it stays */
	bool renames;     /* it comes back under another name each time */
	enum sim_usb_app app;
	bool is_forced; /* USB-OTG: firmware asked for the loader, BOOT was not held */
};

struct sim_opts {
	const char *chip;    /* "esp32c3"; required */
	uint32_t flash_size; /* bytes; 0: 4 MB; SIM_NO_FLASH: the id reads ff */
	uint16_t revision;   /* major * 100 + minor; SIM_DEFAULT_REV: a usual one */
	enum sim_circuit circuit;
	enum sim_trouble trouble;
	uint32_t en_rise_us;  /* how slowly EN rises; 0: as the circuit has it */
	uint32_t rom_rate_hz; /* rate of the ROM's log and loader, 74880 with a wrong crystal; 0 */
	uint32_t app_rate_hz; /* rate of the application; 0: 115200 */
	bool secure_download;
	bool secure_boot;  /* flag in security info; ROM then treats stubs as the chip does */
	uint32_t xtal_mhz; /* 0: the usual one */
	bool stub_running; /* a stub was left running by an earlier session */
	bool chatty_app;   /* the application prints a line every 100 ms while it runs */
	bool is_factory;   /* a bootloader image of our own making is on the flash */
	struct sim_usb_opts usb;
	bool is_paced;  /* bytes and flash operations take their time (virtual or real) */
	uint8_t *flash; /* NULL: own, erased; else caller's flash_size bytes */
	struct sim_faults faults;
};
#define SIM_NO_FLASH    UINT32_MAX
#define SIM_DEFAULT_REV UINT16_MAX

#endif
