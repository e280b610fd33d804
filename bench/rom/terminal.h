/* SPDX-License-Identifier: MIT */
/* The pseudo terminal that a flasher takes for a serial port. */
#ifndef BENCH_ROM_TERMINAL_H
#define BENCH_ROM_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>

struct terminal {
	int master, holder;
	int watch; /* becomes readable when a program opens or closes the terminal */
	unsigned opens;
};

/* Make a terminal at 115200 baud and print its name. */
bool terminal_make(struct terminal *t);

/* Return the rate that its user has set, any number; 0 on failure. */
uint32_t terminal_rate(const struct terminal *t);

/* Count how often it is open now. When the last user has gone, input that they left is dropped. */
void terminal_count_opens(struct terminal *t);

#endif
