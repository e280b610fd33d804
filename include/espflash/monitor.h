/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Run a plain serial monitor on an open port until told to stop.
 */
#ifndef ESPFLASH_MONITOR_H
#define ESPFLASH_MONITOR_H

#include <espflash/port.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ef_monitor_opts {
	int in_fd;  /**< keyboard; -1: none */
	int out_fd; /**< where the chip's text goes */
	const volatile sig_atomic_t *interrupt; /**< end when non-zero; NULL */
	bool is_quiet; /**< do not show the key help */
};

/**
 * Copy what the chip says to out_fd and what is typed to the chip. On a
 * terminal: raw mode, restored on every way out; Ctrl-C leaves, Ctrl-R resets
 * the chip. Ends with success on Ctrl-C, on the end of out_fd's reader, or
 * interrupt. Errors: PORT (the port went away), IO.
 */
bool ef_monitor_run(struct ef_port *port, const struct ef_monitor_opts *opts, struct ef_err *err)
	EF_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
