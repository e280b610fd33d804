/* SPDX-License-Identifier: MIT */
/* The options of a virtual board: its wiring, its defects, and the faults that a test injects. */
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
	SIM_CIRCUIT_NO_TX,         /* host TX is cut: the chip receives nothing */
	SIM_CIRCUIT_NO_RX,         /* host RX is cut: the host receives nothing */
	SIM_CIRCUIT_ECHO,          /* TX tied to RX, no chip */
	SIM_CIRCUIT_USB_JTAG,      /* USB-Serial/JTAG: lines are virtual, VID:PID 303a:1001 */
	SIM_CIRCUIT_USB_BUSY,      /* the chip's own USB port, served by firmware: no resets */
	SIM_CIRCUIT_INVERTED,      /* as AUTO, with an inverter in each line */
	SIM_CIRCUIT_USB_OTG,       /* USB-OTG, plugged in while BOOT was held; lines are messages */
};

/* The device on the chip's own USB port while the application runs. */
enum sim_usb_app {
	SIM_USB_APP_SAME,  /* the same device as the loader's */
	SIM_USB_APP_OTHER, /* a device with another product id */
	SIM_USB_APP_NONE,  /* nothing: the port is gone until the loader is back */
};

/* Defects of the board that are not in its wiring. */
enum sim_trouble {
	SIM_TROUBLE_NONE,
	SIM_TROUBLE_STRAP,           /* second strapping pin wrong: BOOT low starts another mode */
	SIM_TROUBLE_BROWNOUT,        /* the supply fails 150 ms after each start from flash */
	SIM_TROUBLE_BROWNOUT_ALWAYS, /* ... and at once in every mode */
	SIM_TROUBLE_WATCHDOG,        /* firmware hangs: restarted 150 ms after each start */
	SIM_TROUBLE_DOWNLOAD_WATCHDOG, /* a watchdog that still runs ends download mode at once */
	SIM_TROUBLE_FLAP,              /* the port is present for 600 ms of each second */
	SIM_TROUBLE_MUTE_ROM,          /* an eFuse silences the ROM's log */
};

/*
 * A chip that lies: its frames are whole, but their content is wrong. Each lie begins with the n-th
 * reply; 0: never. Wrong content is pseudo-random.
 */
struct sim_lies {
	unsigned values_from; /* values, data and bytes read from flash are pseudo-random */
	unsigned stale_from;  /* each reply has the value of the one before it */
	unsigned refuse_from; /* every request but SYNC is refused */
	unsigned size_from;   /* replies have more data, or less */
	unsigned length_from; /* the length in a reply is not that of its data */
	unsigned opcode_from; /* each reply answers another request */
	unsigned digest_from; /* MD5 digests are wrong */
	unsigned late_from;   /* each reply comes delay_ms late */
	unsigned other_from;  /* a reset after this reply starts another kind of chip */
};

/*
 * Injected faults. Requests are counted from power-on. The n-th reply answers the n-th
 * request: all eight frames of SYNC together, or the first data packet of a read
 * through the stub. 0: never.
 */
struct sim_faults {
	unsigned drop_reply; /* the n-th reply is not sent */
	unsigned flip_reply; /* one bit of the n-th reply is flipped */
	struct sim_every {
		unsigned drop, flip; /* every n-th byte from the host is lost, has a bit flipped */
		unsigned brownout;   /* the supply fails with every n-th flash page */
		bool holds_boot;     /* ... and the chip comes back in download mode */
	} every;
	struct sim_lies lies;
	unsigned stall_reply; /* from the n-th reply on, the chip is silent */
	unsigned delay_reply; /* the n-th reply comes delay_ms late */
	unsigned delay_ms;
	unsigned reset_at_request; /* the chip resets when the n-th request arrives */
	unsigned hang_at_request;  /* ... or hangs until it is reset */
	/* programming the n-th flash page fails (stub: reported on the next command) */
	unsigned fail_program_at;
	unsigned corrupt_flash; /* this many times, one bit is programmed wrongly and silently */
	uint32_t max_rate_hz;   /* above this rate the line is garbage both ways; 0 no limit */
	unsigned mem_block_max; /* longer writes to RAM get damaged (status 0107); 0 no limit */
	/*
	 * A bad line: on average, one of noise_every bytes, in either direction, suffers
	 * one of noise_kinds (0: any of them). noise_seed selects the bytes.
	 */
	unsigned noise_every, noise_kinds, noise_seed;
	uint32_t noise_above_hz; /* only at rates above this one */
	/* The n-th request is lost because the port goes away; it comes back unplug_ms later. */
	unsigned unplug_at_request, unplug_ms;
	bool unplug_keeps_power; /* only the link is cut; else the board loses power, too */
};

enum sim_noise { SIM_NOISE_FLIP = 1, SIM_NOISE_LOSE = 2, SIM_NOISE_DOUBLE = 4, SIM_NOISE_ADD = 8 };

/* eFuses of flash encryption; see crypt.c. */
enum sim_encryption {
	SIM_ENCRYPTION_OFF,
	SIM_ENCRYPTION_DEVELOPMENT, /* on; the loader encrypts on request */
	SIM_ENCRYPTION_RELEASE,     /* on; the loader can't encrypt */
	SIM_ENCRYPTION_KEY_MANAGER, /* like DEVELOPMENT, but the key comes from the key manager */
	SIM_ENCRYPTION_KEY,         /* off, but the key is burnt: the loader encrypts */
};

/* Further eFuses that lock the chip. */
struct sim_lock_opts {
	enum sim_encryption encryption;
	bool secure_boot_v1; /* only the ESP32 has it */
};

/* The chip's own USB port. */
struct sim_usb_opts {
	uint32_t away_ms; /* how long the port leaves the bus after each reset; 0: it stays */
	bool renames;     /* it comes back under another name each time */
	enum sim_usb_app app;
	bool is_forced; /* USB-OTG: firmware requested the loader, BOOT was not held */
};

/* The USB bridge between host and chip, and the wires from it to the board. */
struct sim_bridge_opts {
	uint32_t max_rate_hz; /* the host's driver refuses higher rates; 0: none */
	uint32_t latency_us;  /* how long it holds back the chip's output */
	bool swaps_lines;     /* the wires of DTR and RTS are exchanged, whatever the circuit */
	bool joins_data;      /* a solder bridge joins the wires of TX and RX into one */
};

/* What starts from flash. */
struct sim_boot_opts {
	bool is_factory;   /* blank flash gets a bootloader image of our own */
	bool has_rollback; /* the bootloader was built with rollback of unconfirmed apps */
	/* text that replaces the output after each reset into flash boot; borrowed; NULL */
	const char *text;
};

struct sim_opts {
	const char *chip;    /* "esp32c3"; required */
	uint32_t flash_size; /* bytes; 0: 4 MB; SIM_NO_FLASH: the id reads ffffff */
	uint16_t revision;   /* major * 100 + minor; SIM_DEFAULT_REV: a usual one */
	enum sim_circuit circuit;
	enum sim_trouble trouble;
	uint32_t en_rise_us;  /* rise time of EN; 0: the circuit's */
	uint32_t rom_rate_hz; /* rate of the ROM's log and loader, e.g. 74880; 0: 115200 */
	uint32_t app_rate_hz; /* rate of the application; 0: 115200 */
	bool secure_download;
	bool secure_boot; /* set in security info; the ROM then treats stubs as the chip does */
	struct sim_lock_opts locks;
	uint32_t xtal_mhz; /* 0: the usual one */
	bool stub_running; /* an earlier session left a stub running */
	bool chatty_app;   /* the application prints a line every 100 ms while it runs */
	struct sim_boot_opts boot;
	struct sim_usb_opts usb;
	struct sim_bridge_opts bridge;
	bool is_paced;  /* bytes and flash operations take time (virtual or real) */
	uint8_t *flash; /* flash_size bytes of the caller; NULL: the board allocates them, erased */
	struct sim_faults faults;
};
#define SIM_NO_FLASH    UINT32_MAX
#define SIM_DEFAULT_REV UINT16_MAX

#endif
