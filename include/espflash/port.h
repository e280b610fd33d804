/* SPDX-License-Identifier: MIT */
/**
 * @file
 * A port is a byte stream with two control lines and a clock. This header
 * describes `struct ef_port`, its operations, how to open one, and the list of
 * this machine's ports.
 *
 * Backends: a serial device, `socket://host:port` (raw TCP), `rfc2217://host:port`
 * (serial over telnet), a tracing port that wraps another one, a port that plays
 * a trace, and the virtual board's in-process port (tests). Protocol code sleeps,
 * reads the time and reaches a device only through a port.
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
	EF_PORT_HAS_LINES = 1,    /**< it has DTR and RTS: a reset is possible */
	EF_PORT_HAS_BAUD = 2,     /**< its rate can be set (a raw socket has none) */
	EF_PORT_ATOMIC_LINES = 4, /**< it changes both lines in one operation */
	EF_PORT_REMOTE = 8,       /**< it is behind a network, which delays line changes */
};

enum ef_port_kind { EF_PORT_USB, EF_PORT_PCI, EF_PORT_BLUETOOTH, EF_PORT_UNKNOWN, EF_PORT_NET };

/** What is known about a port. Strings contain no control characters; "" means unknown. */
struct ef_port_info {
	char name[256]; /**< "/dev/ttyUSB0", or the URL */
	enum ef_port_kind kind;
	uint16_t vid, pid; /**< 0 unless USB */
	char serial[128], manufacturer[128], product[128];
	/** "1-2.3:1.0": bus, hub ports, configuration and interface (Linux only). */
	char location[48];
};

struct ef_port;

/**
 * The operations of a backend. Times are in microseconds of a monotonic clock
 * that belongs to the port. Errors of all operations: PORT (the device is gone),
 * INTR (the interrupt flag is up), IO.
 */
struct ef_port_ops {
	void (*close)(struct ef_port *port);
	/**
	 * Wait until a byte arrives or deadline_us has passed, then return what has
	 * arrived, at most cap bytes. If nothing arrived, succeed with *ret_len 0. If
	 * the deadline has already passed, do not wait.
	 */
	bool (*read)(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		     size_t *ret_len, struct ef_err *err);
	/** Write all data, or fail with EF_E_TIMEOUT at the deadline. */
	bool (*write)(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		      struct ef_err *err);
	/** Wait until the written bytes have been sent. */
	bool (*drain)(struct ef_port *port, struct ef_err *err);
	/** Drop received bytes that were not read, in the driver too. */
	bool (*discard)(struct ef_port *port, struct ef_err *err);
	/** Set the lines in mask to value, both in one system call if the host can. */
	bool (*set_lines)(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err);
	bool (*set_baud)(struct ef_port *port, uint32_t rate_hz, struct ef_err *err);
	uint64_t (*now_us)(struct ef_port *port);
	bool (*sleep_us)(struct ef_port *port, uint64_t us, struct ef_err *err);
	/** See ef_port_reopen. NULL: the backend can't reopen. */
	bool (*reopen)(struct ef_port *port, uint64_t deadline_us, struct ef_err *err);
	/** See ef_port_set_limit. NULL: the backend has no waits of its own. */
	void (*set_limit)(struct ef_port *port, uint64_t limit_us);
};

/** Backends embed this as their first member. Users may only read the fields. */
struct ef_port {
	const struct ef_port_ops *ops;
	unsigned caps;     /**< enum ef_port_cap; may change when the port is reopened */
	unsigned lines;    /**< enum ef_line: the lines that are asserted */
	unsigned inverted; /**< enum ef_line: see ef_port_invert_lines */
	uint32_t rate_hz;
	uint64_t limit_us; /**< see ef_port_set_limit */
	uint64_t bound_us; /**< see ef_port_set_bound */
	struct ef_port_info info;
	/** Bytes read from the backend and not yet returned; private to port.c. */
	uint8_t rx[4096];
	size_t rx_pos, rx_len;
};

struct ef_port_config {
	uint32_t rate_hz; /**< 0 means 115200 */
	/** If this becomes non-zero, waits end with EF_E_INTR within 100 ms. NULL: never. */
	const volatile sig_atomic_t *interrupt;
	/** Leave DTR and RTS as they are when opening, so that a running chip is not disturbed. */
	bool keep_lines;
	/** Bound on the time that opening takes, in milliseconds; 0: each step has its own. */
	uint32_t limit_ms;
};

/**
 * Open a URL or a device. A device may be any path, also a symlink or one that
 * ef_port_list does not know, or a name in /dev. The caller closes *ret with
 * ef_port_close.
 * Errors: PORT (no such port, no permission, busy; the hint says what to do),
 * USAGE (malformed URL), TIMEOUT (the host does not answer), UNSUPP (rate).
 */
bool ef_port_open(const char *name, const struct ef_port_config *config, struct ef_port **ret,
		  struct ef_err *err) EF_MUST_CHECK;

/** Receives one line of a trace, without newline. */
typedef void ef_trace_fn(void *user, const char *line);
/**
 * Wrap a port so that sink gets a line of text for every operation: bytes sent
 * and received, line changes, rates, discards, failures (format:
 * docs/protocol.md). The new port owns inner and closes it. On failure inner is
 * still the caller's.
 */
bool ef_port_trace(struct ef_port *inner, ef_trace_fn *sink, void *user, struct ef_port **ret,
		   struct ef_err *err) EF_MUST_CHECK;

/**
 * Open a port that plays a trace, the text that ef_port_trace produced. If the
 * caller writes the same bytes and sets the same lines as in the trace, it
 * receives the same bytes, in virtual time. Failures in the trace happen again.
 * If the caller deviates, the operation and all later ones fail with INPUT and
 * name the line of the trace. text may be freed after the call.
 */
bool ef_port_replay(const char *text, size_t len, struct ef_port **ret,
		    struct ef_err *err) EF_MUST_CHECK;
/** Check that the caller has done all that the trace has. INPUT: names the first missing action. */
bool ef_port_replay_done(struct ef_port *port, struct ef_err *err) EF_MUST_CHECK;

/** Accepts NULL. */
void ef_port_close(struct ef_port *port);

/* The operations for callers, with buffered reads. Do not call ops directly. */

uint64_t ef_port_now_us(struct ef_port *port);
/**
 * Set one deadline for all that follows, whatever the deadlines of the single operations: from
 * then on reads, writes and sleeps fail with TIMEOUT. A caller whose loops restart their
 * deadlines with every byte needs it against a peer that never stops sending. 0: no limit.
 */
void ef_port_set_limit(struct ef_port *port, uint64_t limit_us);
/** How far a limit may lie behind a deadline of the user: time to find and report the verdict. */
#define EF_LIMIT_SLACK_US 300000u
/**
 * Set the latest time that a limit can have, for work that sets and clears limits of its own,
 * such as several sessions in turn. The limit becomes bound_us, too. 0: no bound, no limit.
 */
void ef_port_set_bound(struct ef_port *port, uint64_t bound_us);
/** Return whether that time has passed. */
bool ef_port_is_late(struct ef_port *port);
/** Return the time timeout_ms from now. */
uint64_t ef_port_deadline(struct ef_port *port, uint32_t timeout_ms);
/** Read at least one byte, or return *ret_len 0 at the deadline; see ef_port_ops.read. */
bool ef_port_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		  size_t *ret_len, struct ef_err *err) EF_MUST_CHECK;
/**
 * Wait until count bytes have arrived or deadline_us has passed, and leave them to be read.
 * count: at most 256. *ret: how many there are.
 */
bool ef_port_hear(struct ef_port *port, size_t count, uint64_t deadline_us, size_t *ret,
		  struct ef_err *err) EF_MUST_CHECK;
/**
 * Write all data; see ef_port_ops.write. The caller must allow for the time that it takes at the
 * rate.
 */
bool ef_port_write(struct ef_port *port, const void *data, size_t len, uint64_t deadline_us,
		   struct ef_err *err) EF_MUST_CHECK;
bool ef_port_drain(struct ef_port *port, struct ef_err *err) EF_MUST_CHECK;
bool ef_port_discard(struct ef_port *port, struct ef_err *err) EF_MUST_CHECK;
/** mask, value: enum ef_line. On a port without lines this succeeds and does nothing. */
bool ef_port_set_lines(struct ef_port *port, unsigned mask, unsigned value,
		       struct ef_err *err) EF_MUST_CHECK;
/**
 * For a board that inverts control lines: from now on set the lines in mask, and no others,
 * to the opposite of what callers ask for. Applies this to the lines' present states, too.
 */
bool ef_port_invert_lines(struct ef_port *port, unsigned mask, struct ef_err *err) EF_MUST_CHECK;
/**
 * On a port without a rate this succeeds and does nothing. UNSUPP: the host can't set the rate;
 * the old one stays in force.
 */
bool ef_port_set_baud(struct ef_port *port, uint32_t rate_hz, struct ef_err *err) EF_MUST_CHECK;
/** Sleep by the port's clock. INTR if interrupted. */
bool ef_port_sleep_us(struct ef_port *port, uint64_t us, struct ef_err *err) EF_MUST_CHECK;

/**
 * After an operation failed with EF_E_PORT, close the dead handle, wait until
 * the device is back, and open it again. The object stays the same, info may
 * get a new name. The device is recognised by USB vendor id and serial number,
 * else by its USB location, else by its path; its product id may change, because
 * loader and application of a chip may have different ones. A remote port is
 * connected to the same address.
 *
 * The rate is set again, the lines are idle, buffered bytes are lost.
 * Errors: PORT (not back by the deadline, busy, no permission), UNSUPP, INTR.
 */
bool ef_port_reopen(struct ef_port *port, uint64_t deadline_us, struct ef_err *err) EF_MUST_CHECK;

/**
 * Find a device again by the rules of ef_port_reopen, without opening it: *ret describes the
 * port that was described by was, maybe under another name. Errors: PORT (it is not there), IO.
 */
bool ef_port_find_again(const struct ef_port_info *was, struct ef_port_info *ret,
			struct ef_err *err) EF_MUST_CHECK;

/**
 * Find the processes that have a device open; ret gets "minicom (pid 1234)".
 * False, and ret is unspecified, if there is none, or if it can't be known (processes of
 * other users, systems other than Linux).
 */
bool ef_port_holder(const char *path, char *ret, size_t cap);

/** Facts about the host and a device; "" and false mean unknown. */
struct ef_host_facts {
	char system[160]; /**< "Linux 6.1.0 x86_64" */
	char distribution[128];
	bool is_wsl, is_container;
	bool has_brltty, has_modem_manager; /**< running; they open every new serial device */
	/* The device: */
	bool exists, may_open, is_in_group;
	char real_path[256]; /**< symlinks resolved */
	unsigned mode;       /**< permission bits */
	char owner[64], group[64];
	char driver[64];    /**< "cp210x" */
	char usb_path[64];  /**< "1-2.3" */
	char usb_speed[16]; /**< in Mbit/s: "12" */
	unsigned usb_hubs;  /**< between the host and the device */
	int latency_ms;     /**< latency timer of an FTDI chip; -1: none */
};
/** path: a device, a URL, or NULL for facts about the host only. */
void ef_host_facts(const char *path, struct ef_host_facts *ret);

/* ---- the list of ports ---- */

/**
 * A USB id of an ESP board: of the chip itself or of a serial bridge.
 * pid 0 means any product of that vendor.
 */
struct ef_usb_id {
	uint16_t vid, pid;
	const char *name;  /**< "Silicon Labs CP210x" */
	const char *chips; /**< "ESP32-S3": the chips behind this id; NULL: any */
};
extern const struct ef_usb_id ef_known_usb_ids[]; /**< ends with an entry of vid 0 */
/** Return the entry for an id, or NULL. */
const struct ef_usb_id *ef_usb_known(uint16_t vid, uint16_t pid);
/**
 * Return the highest rate that this port's bridge is known to carry, by its USB ids and its product
 * name. *ret_name: the bridge's name; NULL: nothing is known about the port, and the rate is one
 * that nearly all bridges can do.
 */
uint32_t ef_port_best_rate(const struct ef_port_info *info, const char **ret_name);
/** The USB-Serial/JTAG peripheral of Espressif's chips. */
#define EF_VID_ESPRESSIF 0x303au
#define EF_PID_USB_JTAG  0x1001u
/** Return whether the chip itself is the USB device behind the port, rather than a bridge. */
bool ef_usb_is_chip(const struct ef_port_info *info);

/**
 * List all ports of this machine, sorted by name: case is ignored, and numbers
 * are compared by value. The caller frees *ret with ef_port_list_free. An empty
 * list is not an error.
 */
bool ef_port_list(struct ef_port_info **ret, size_t *ret_count, struct ef_err *err) EF_MUST_CHECK;
void ef_port_list_free(struct ef_port_info *list);

EF_API_END
#endif
