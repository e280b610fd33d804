/* SPDX-License-Identifier: MIT */
/* The verdict on a start, from the events of the chip's console. Pure. */
#ifndef EF_FLASHER_START_JUDGE_H
#define EF_FLASHER_START_JUDGE_H

#include <espflash/console.h>
#include <espflash/flasher.h>

#define START_LINE sizeof(((struct ef_start *)NULL)->line)

/* What happened since the last banner of a ROM. */
struct start_boot {
	bool has_app;    /* the application printed */
	bool is_guess;   /* so it seems: nothing before it said who speaks */
	bool has_failed; /* the ROM or bootloader could not start something */
	bool is_over;    /* it can't start anything in this boot */
	bool has_crash;
	unsigned others;         /* lines without a known origin, though the ROM loaded nothing */
	char app[START_LINE];    /* the application's first line */
	char reason[START_LINE]; /* the first failure */
	char other[START_LINE];  /* an unrecognised line */
};

struct start_judge {
	const struct ef_start_expect *expect;
	struct ef_console console;
	struct start_boot boot;
	struct ef_start found; /* offset, project, version, crash */
	unsigned resets, failed_boots, wake_ups;
	bool wants_crash;          /* the crash has only its heading so far */
	bool is_waiting, is_other; /* the ROM waits; the app names another project */
	char crash[START_LINE], banner[START_LINE], wait[START_LINE];
	char reason[START_LINE]; /* of the last boot that failed */
	bool is_download;        /* the last banner names a download mode */
};

/* expect must outlive the judge. */
void start_judge_init(struct start_judge *j, const struct ef_start_expect *expect);
void start_judge_feed(struct start_judge *j, const void *data, size_t len);
/* Whether more text can't change the verdict. */
bool start_judge_is_certain(const struct start_judge *j);
/* Whether the application printed in this boot. */
bool start_judge_has_app(const struct start_judge *j);
/* The same, or some other program did. */
bool start_judge_has_text(const struct start_judge *j);
void start_judge_result(const struct start_judge *j, struct ef_start *ret);

#endif
