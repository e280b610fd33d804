/* SPDX-License-Identifier: MIT */
/*
 * Shared by the files of this layer: the backends' constructors, and what
 * they ask of the host. port_posix.c answers the host part on POSIX systems
 * (port_linux.c adds what only Linux has); another system brings a file of
 * its own with the same functions.
 */
#ifndef EF_PORT_PRIV_H
#define EF_PORT_PRIV_H

#include <espflash/port.h>

#define DEFAULT_RATE_HZ 115200u
/* Ctrl-C has to end any wait within 100 ms (port.h). */
#define SLICE_US 50000u

/* ---- backends ---- */

bool port_serial_open(const char *name, const struct ef_port_config *config, struct ef_port **ret,
		      struct ef_err *err) EF_MUST_CHECK;

enum url_scheme { URL_SOCKET, URL_RFC2217 };

struct port_url {
	enum url_scheme scheme;
	char host[256]; /* without the brackets of an IPv6 address */
	char service[6];
	bool ignores_control; /* ?ign_set_control: answers to line changes won't come */
};

/* Whether a name is a URL at all: it has "://". */
bool port_is_url(const char *name);
/* Pure. Error: USAGE. */
bool port_url_parse(const char *text, struct port_url *ret, struct ef_err *err) EF_MUST_CHECK;
bool port_net_open(const char *name, const struct ef_port_config *config, struct ef_port **ret,
		   struct ef_err *err) EF_MUST_CHECK;

/* Whether the rate that the host set is near enough to the one asked for (3 %). */
bool port_rate_is_close(uint32_t asked_hz, uint32_t got_hz);
/* The order of ef_port_list: natural numbers, no case. As strcmp. */
int port_name_compare(const char *a, const char *b);

/* A TCP connection, not blocking; *ret_fd is the caller's. TIMEOUT at the deadline. */
bool net_connect(const struct port_url *url, const char *name, uint64_t deadline_us,
		 const volatile sig_atomic_t *interrupt, int *ret_fd,
		 struct ef_err *err) EF_MUST_CHECK;

/* ---- coming back ---- */

/* How sure it is that this is the port that was: 0, it isn't; more is better. */
unsigned port_likeness(const struct ef_port_info *was, const struct ef_port_info *now);
/* Between two looks; a device that was plugged in takes some 100 ms to get its node. */
#define REOPEN_POLL_US 50000u

/* ---- the host ---- */

typedef const volatile sig_atomic_t host_flag;

uint64_t host_now_us(void);
bool host_sleep_us(uint64_t us, host_flag *interrupt, struct ef_err *err) EF_MUST_CHECK;
/* EF_E_INTR when the flag (NULL: none) is up. */
bool host_check_flag(host_flag *interrupt, struct ef_err *err) EF_MUST_CHECK;

enum host_want { HOST_READ, HOST_WRITE };
enum host_ready { HOST_TIMEOUT, HOST_READY, HOST_HUNG_UP };
/* Wait until fd is ready or the deadline has passed (one look at least). */
bool host_wait_fd(int fd, enum host_want want, uint64_t deadline_us, host_flag *interrupt,
		  enum host_ready *ret, struct ef_err *err) EF_MUST_CHECK;

/* PORT, with what an errno means for a port and what to do about it. */
bool host_fail_port(struct ef_err *err, const char *name, int errnum);
/* Whether the path can be opened as a port; PORT with the reason if not. */
bool host_check_path(const char *path, struct ef_err *err) EF_MUST_CHECK;
/* The path that a name stands for: "ttyUSB0" is "/dev/ttyUSB0". False: too long. */
bool host_device_path(const char *name, char *ret, size_t cap);
/* Symlinks followed; false when it can't be resolved or doesn't fit. */
bool host_real_path(const char *path, char *ret, size_t cap);

/* A terminal device as a file descriptor. "name" is for messages. */
bool tty_open(const char *path, const char *name, int *ret_fd, struct ef_err *err) EF_MUST_CHECK;
/* Keep others out, for as long as it is open. PORT (busy) when somebody was first. */
bool tty_lock(int fd, const char *name, struct ef_err *err) EF_MUST_CHECK;
void tty_unlock(int fd);
/* Raw 8N1, no flow control, lines left alone at the close. */
bool tty_setup(int fd, const char *name, struct ef_err *err) EF_MUST_CHECK;
void tty_close(int fd);
/* Of enum ef_line; false where the device has none. */
bool tty_get_lines(int fd, unsigned *ret);
bool tty_set_lines(int fd, unsigned mask, unsigned value, const char *name,
		   struct ef_err *err) EF_MUST_CHECK;
bool tty_set_rate(int fd, uint32_t rate_hz, const char *name, struct ef_err *err) EF_MUST_CHECK;
/* 0 when nothing was there. PORT when the device is gone. */
bool tty_read(int fd, uint8_t *buf, size_t cap, uint64_t deadline_us, host_flag *interrupt,
	      const char *name, size_t *ret_len, struct ef_err *err) EF_MUST_CHECK;
bool tty_write(int fd, const uint8_t *data, size_t len, uint64_t deadline_us, host_flag *interrupt,
	       const char *name, struct ef_err *err) EF_MUST_CHECK;
bool tty_drain(int fd, host_flag *interrupt, const char *name, struct ef_err *err) EF_MUST_CHECK;
bool tty_discard(int fd, const char *name, struct ef_err *err) EF_MUST_CHECK;

/* Any rate, beyond the standard ones; the rate that the driver chose, 0 when it can't. */
uint32_t host_set_any_rate(int fd, uint32_t rate_hz);
/* Ask the driver not to hold received bytes back. A wish: failure is silent. */
void host_set_low_latency(int fd);
/* Fill kind and USB facts of a device path from what the system knows; unknown stays. */
void host_port_facts(const char *path, struct ef_port_info *info);

#endif
