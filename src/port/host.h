/* SPDX-License-Identifier: MIT */
/*
 * The operating system's services for the backends: a clock, waits that Ctrl-C ends, the meaning of
 * an errno, and facts about device nodes. host_posix.c implements it for POSIX systems;
 * host_linux.c adds what sysfs knows.
 */
#ifndef EF_PORT_HOST_H
#define EF_PORT_HOST_H

#include <espflash/port.h>

/* The longest single wait: port.h promises that Ctrl-C ends any wait within 100 ms. */
#define SLICE_US 50000u

/* Set by a signal handler when the user wants to stop; NULL: there is none. */
typedef const volatile sig_atomic_t host_flag;

/* ---- time and waiting ---- */

/* Read a monotonic clock. */
uint64_t host_now_us(void);
/* Fail with INTR if the flag is up. */
bool host_check_flag(host_flag *interrupt, struct ef_err *err) EF_MUST_CHECK;
/* Sleep. Fail with INTR if the flag goes up meanwhile. */
bool host_sleep_us(uint64_t us, host_flag *interrupt, struct ef_err *err) EF_MUST_CHECK;

enum host_want { HOST_READ, HOST_WRITE };
enum host_ready { HOST_TIMEOUT, HOST_READY, HOST_HUNG_UP };
/* Wait until fd is ready or the deadline has passed. Polls once even after the deadline. */
bool host_wait_fd(int fd, enum host_want want, uint64_t deadline_us, host_flag *interrupt,
		  enum host_ready *ret, struct ef_err *err) EF_MUST_CHECK;

/* ---- devices ---- */

/* Fail with EF_E_PORT: the meaning of an errno for this port, and a hint. Always false. */
bool host_fail_port(struct ef_err *err, const char *name, int errnum);
/* Get the path that a name stands for: "ttyUSB0" means "/dev/ttyUSB0". False: too long. */
bool host_device_path(const char *name, char *ret, size_t cap);
/* Follow symlinks. False if the path can't be resolved or does not fit. */
bool host_real_path(const char *path, char *ret, size_t cap);
/* Fill in kind, USB ids and location of a device node; leaves unknown fields as they are. */
void host_port_facts(const char *path, struct ef_port_info *info);

/* ---- rates that termios has no constant for ---- */

/* Returns the rate in force afterwards; 0 if this system or driver can't set it. */
uint32_t host_set_any_rate(int fd, uint32_t rate_hz);
/* Return the rate in force; 0 if it is unknown. */
uint32_t host_get_rate(int fd);

#endif
