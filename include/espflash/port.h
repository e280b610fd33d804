/* SPDX-License-Identifier: MIT */
/**
 * @file
 * A byte stream with two control lines and a clock: `struct ef_port`, its
 * operations, how to open one, and the list of ports of this machine.
 *
 * Backends: a serial device (libserialport), `socket://host:port` (raw TCP),
 * `rfc2217://host:port` (serial over telnet), a tracing port that wraps
 * another one, and the virtual board's in-process port (tests). Protocol code
 * never sleeps, reads the time or touches a device but through this.
 */
#ifndef ESPFLASH_PORT_H
#define ESPFLASH_PORT_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#include <espflash/err.h>

EF_API_BEGIN

/** Control lines as bits: 1 means asserted (low on the wire). */
enum ef_line { EF_DTR = 1, EF_RTS = 2 };

enum ef_port_cap {
	EF_PORT_HAS_LINES = 1,    /**< DTR and RTS reach something: a reset is possible */
	EF_PORT_HAS_BAUD = 2,     /**< a rate can be set (a raw socket has none) */
	EF_PORT_ATOMIC_LINES = 4, /**< both lines change in one operation */
	EF_PORT_REMOTE = 8,       /**< behind a network: line timing isn't ours */
};

/** What is known of where a port leads. Strings are "" when unknown, and cleaned. */
enum ef_port_kind { EF_PORT_USB, EF_PORT_PCI, EF_PORT_BLUETOOTH, EF_PORT_UNKNOWN, EF_PORT_NET };

struct ef_port_info {
	char name[256]; /**< "/dev/ttyUSB0", or the URL */
	enum ef_port_kind kind;
	uint16_t vid, pid; /**< 0 unless USB */
	char serial[128], manufacturer[128], product[128];
	/** "1-2.3:1.0": bus, hub ports, configuration and interface (Linux); "" unknown. */
	char location[48];
};

struct ef_port;

/**
 * One backend. Every function but close gets a live port; time is in
 * microseconds of a monotonic clock that belongs to the port.
 */
struct ef_port_ops {
	void (*close)(struct ef_port *port);
	/**
	 * Wait until at least one byte is there or deadline_us has passed, then take
	 * what is there, at most cap. No byte in time is success with *ret_len 0.
	 * A deadline that has passed means: take what is there, do not wait.
	 */
	bool (*read)(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		     size_t *ret_len, struct ef_err *err);
	/** Write all, or fail with EF_E_TIMEOUT at the deadline. */
	bool (*write)(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		      struct ef_err *err);
	/** Wait until written bytes are on the wire. */
	bool (*drain)(struct ef_port *port, struct ef_err *err);
	/** Drop what was received and not read, in the driver too. */
	bool (*discard)(struct ef_port *port, struct ef_err *err);
	/**
	 * Lines in mask take the value; the others keep theirs. One system call if the host
	 * can.
	 */
	bool (*set_lines)(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err);
	bool (*set_baud)(struct ef_port *port, uint32_t rate_hz, struct ef_err *err);
	uint64_t (*now_us)(struct ef_port *port);
	/** EF_E_INTR when interrupted. */
	bool (*sleep_us)(struct ef_port *port, uint64_t us, struct ef_err *err);
	/** ef_port_reopen; NULL: the backend can't. */
	bool (*reopen)(struct ef_port *port, uint64_t deadline_us, struct ef_err *err);
};

/** Backends embed this as their first member. Fields are read-only for users. */
struct ef_port {
	const struct ef_port_ops *ops;
	unsigned caps;  /**< enum ef_port_cap; a backend clears HAS_LINES when it finds out */
	unsigned lines; /**< last set_lines state */
	/** Lines that an inverter on the board turns around; see ef_port_invert_lines. */
	unsigned inverted;
	uint32_t rate_hz;
	struct ef_port_info info;
	/** Bytes read from the backend and not yet asked for; belongs to port.c. */
	uint8_t rx[4096];
	size_t rx_pos, rx_len;
};

struct ef_port_config {
	uint32_t rate_hz; /**< 0 means 115200 */
	/** Waits end with EF_E_INTR within 100 ms of this becoming non-zero. NULL: never. */
	const volatile sig_atomic_t *interrupt;
	/** Leave DTR and RTS as they are on opening (a monitor that must not disturb). */
	bool keep_lines;
};

/**
 * Open a device path (any: symlinks and devices that no list knows included)
 * or a URL. On success *ret is the caller's, to be closed with ef_port_close.
 * Errors: PORT (no such port, no permission, busy; hint says what to do),
 * USAGE (a malformed URL), TIMEOUT (a host that does not answer), UNSUPP.
 */
bool ef_port_open(const char *name, const struct ef_port_config *config, struct ef_port **ret,
		  struct ef_err *err) EF_MUST_CHECK;

/**
 * Wrap a port so that every byte, line change, rate change and discard is
 * given to sink as a line of text: "> hex", "< hex", "! DTR RTS", "@ rate",
 * "~ ms", "# discard". The new port owns inner and closes it. See
 * docs/protocol.md for the format; the tests can replay it.
 */
typedef void ef_trace_fn(void *user, const char *line);
bool ef_port_trace(struct ef_port *inner, ef_trace_fn *sink, void *user, struct ef_port **ret,
		   struct ef_err *err) EF_MUST_CHECK;

/**
 * A port that plays a trace (the text of a file that ef_port_trace wrote): what
 * was received comes back, in virtual time, when the same is written and the
 * same is done to the lines. Anything else is an error (INPUT) that names the
 * line of the trace, and from then on every operation fails with it. Failures
 * in the trace happen again.
 */
bool ef_port_replay(const char *text, size_t len, struct ef_port **ret,
		    struct ef_err *err) EF_MUST_CHECK;
/** Whether all that the trace has written and changed was done. INPUT: the first that was not. */
bool ef_port_replay_done(struct ef_port *port, struct ef_err *err) EF_MUST_CHECK;

/** Accepts NULL. */
void ef_port_close(struct ef_port *port);

/* Operations with the buffering done; these, not ops, are for callers. */

uint64_t ef_port_now_us(struct ef_port *port);
/** now + timeout_ms */
uint64_t ef_port_deadline(struct ef_port *port, uint32_t timeout_ms);
/** At least one byte unless the deadline passes (success, *ret_len 0); buffered. */
bool ef_port_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		  size_t *ret_len, struct ef_err *err) EF_MUST_CHECK;
/** One system call for all of data where possible. Deadline scaled to the rate by the caller. */
bool ef_port_write(struct ef_port *port, const void *data, size_t len, uint64_t deadline_us,
		   struct ef_err *err) EF_MUST_CHECK;
bool ef_port_drain(struct ef_port *port, struct ef_err *err) EF_MUST_CHECK;
bool ef_port_discard(struct ef_port *port, struct ef_err *err) EF_MUST_CHECK;
/** On a port without lines: success, and nothing happens (caps says so). */
bool ef_port_set_lines(struct ef_port *port, unsigned mask, unsigned value,
		       struct ef_err *err) EF_MUST_CHECK;
/**
 * From here on the lines in mask (and no others) are set to the opposite of what is asked. All
 * lines take the state that they had by name.
 */
bool ef_port_invert_lines(struct ef_port *port, unsigned mask, struct ef_err *err) EF_MUST_CHECK;
/** On a port without a rate: success, and nothing happens. */
bool ef_port_set_baud(struct ef_port *port, uint32_t rate_hz, struct ef_err *err) EF_MUST_CHECK;
bool ef_port_sleep_us(struct ef_port *port, uint64_t us, struct ef_err *err) EF_MUST_CHECK;

/**
 * After an operation failed with EF_E_PORT: let go of the dead handle and open
 * the same device again as soon as it is back, at the same object (pointers
 * to it stay valid, info may get a new name). The same device: USB serial
 * number with VID, else USB location, else path; a remote port: the same
 * address. The rate is set again; lines are idle afterwards; what was buffered
 * is gone. A device whose PID changed (loader and application of native USB)
 * is followed too, by its serial number or location.
 * Errors: PORT (not back by the deadline, busy, no permission), UNSUPP, INTR.
 */
bool ef_port_reopen(struct ef_port *port, uint64_t deadline_us, struct ef_err *err) EF_MUST_CHECK;

/**
 * Under which name a device is listed now that had the facts was, by the rules
 * of ef_port_reopen. Opens nothing. Errors: PORT (it is not listed), IO.
 */
bool ef_port_find_again(const struct ef_port_info *was, struct ef_port_info *ret,
			struct ef_err *err) EF_MUST_CHECK;

/**
 * Who has a device open: "minicom (pid 1234)" in ret. False, and ret
 * untouched, when nobody else was found, or it can't be known (other users'
 * processes, other systems than Linux).
 */
bool ef_port_holder(const char *path, char *ret, size_t cap);

/** What the host tells of itself and of a device; "" and false where nothing is known. */
struct ef_host_facts {
	char system[160];       /**< "Linux 6.1.0 x86_64" */
	char distribution[128];
	bool is_wsl, is_container;
	bool has_brltty, has_modem_manager; /**< running: they open what is plugged in */
	/* Of the device: */
	bool exists, may_open, is_in_group;
	char real_path[256]; /**< behind symlinks */
	unsigned mode;       /**< permission bits */
	char owner[64], group[64];
	char driver[64];     /**< "cp210x" */
	char usb_path[64];   /**< "1-2.3" */
	char usb_speed[16];  /**< Mbit/s: "12" */
	unsigned usb_hubs;   /**< between the host and the device */
	int latency_ms;      /**< FTDI's latency timer; -1: none */
};
/** path: a device, a URL, or NULL. */
void ef_host_facts(const char *path, struct ef_host_facts *ret);

/* ---- the list of ports ---- */

/**
 * A USB id that is known to be (or to lead to) an ESP board.
 * pid 0 means any product of that vendor.
 */
struct ef_usb_id {
	uint16_t vid, pid;
	const char *name;  /**< "Silicon Labs CP210x" */
	const char *chips; /**< "ESP32-S3": what is behind it; NULL: any */
};
extern const struct ef_usb_id ef_known_usb_ids[]; /**< ends with vid 0 */
/** The entry for a vid:pid, or NULL. */
const struct ef_usb_id *ef_usb_known(uint16_t vid, uint16_t pid);
/** Espressif's USB-Serial/JTAG: VID and PID both (espflash looks at the PID only). */
#define EF_VID_ESPRESSIF 0x303au
#define EF_PID_USB_JTAG  0x1001u

/**
 * All ports of this machine, sorted by name without regard to case, natural
 * numbers in order. *ret is the caller's; free with ef_port_list_free. An
 * empty list is success.
 */
bool ef_port_list(struct ef_port_info **ret, size_t *ret_count, struct ef_err *err) EF_MUST_CHECK;
void ef_port_list_free(struct ef_port_info *list);

EF_API_END
#endif
