/* SPDX-License-Identifier: MIT */
/* The findings of doctor. cmd_doctor.c collects them, cmd_doctor_show.c prints them. */
#ifndef EF_CLI_CMD_DOCTOR_H
#define EF_CLI_CMD_DOCTOR_H

#include "cli/cli.h"
#include <espflash/flasher.h>
#include <espflash/port.h>

#define DOCTOR_TRIES_MAX 8
#define DOCTOR_RATES_MAX 8

/* One reset sequence, tried alone. */
struct doctor_try {
	char strategy[24];
	bool is_ok;
	uint64_t took_us;  /* until the chip answered or the try was given up */
	uint64_t first_us; /* from the start of the reset to the first byte */
	uint64_t bytes;
	enum ef_verdict seen;
};

/* One rate, tested with requests to the chip. */
struct doctor_rate {
	uint32_t rate_hz;
	bool is_reached;
	unsigned asked, lost;
	uint64_t min_us, sum_us, max_us; /* round trips */
	uint32_t bytes_per_s; /* speed of a read of flash, checked by MD5; 0: not measured */
};

/* A register; known if it had the same value twice. */
struct doctor_word {
	bool is_known;
	uint32_t value;
};

struct doctor {
	char port[512];
	struct ef_port_info info;
	struct ef_host_facts host;
	char holder[96];
	bool is_open, is_connected;
	struct ef_device dev;
	struct doctor_word straps, magic;
	struct doctor_try tries[DOCTOR_TRIES_MAX];
	size_t try_count;
	struct doctor_rate rates[DOCTOR_RATES_MAX];
	size_t rate_count;
	struct {
		bool was_tried, is_stable;
	} reads;          /* the result of reading flash twice */
	uint32_t best_hz; /* the highest rate without an error; 0: none */
	char worked[24];
	struct {
		unsigned s;
		bool is_over; /* the limit ended the examination of a board that connects */
	} limit;
	const struct ef_connect_report *report; /* NULL: the connection was not tried */
	struct ef_err err;                      /* why the examination ended early */
};

void doctor_print(FILE *out, const struct doctor *d, const char *version);
bool doctor_json(struct cli *cli, const struct doctor *d, struct ef_err *err) EF_MUST_CHECK;

#endif
