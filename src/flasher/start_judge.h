/* SPDX-License-Identifier: MIT */
/* Judges a start from the events of the chip's console. A pure function. */
#ifndef EF_FLASHER_START_JUDGE_H
#define EF_FLASHER_START_JUDGE_H

#include <espflash/console.h>
#include <espflash/flasher.h>

#define START_LINE sizeof(((struct ef_start *)NULL)->line)

/* The events since the last banner of a ROM. */
struct start_boot {
	bool has_app; /* the application printed */
	/* the application seems to print, but nothing before it identified the program */
	bool is_guess;
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
	char reason[START_LINE]; /* the failure line of the last boot that failed */
	bool is_download;        /* the last banner names a download mode */
};

/* expect must outlive the judge. */
void start_judge_init(struct start_judge *j, const struct ef_start_expect *expect);
void start_judge_feed(struct start_judge *j, const void *data, size_t len);
/* Return whether the verdict is final: more text can't change it. */
bool start_judge_is_certain(const struct start_judge *j);
/* Return whether the application printed in this boot. */
bool start_judge_has_app(const struct start_judge *j);
/* Return whether the application or some other program printed. */
bool start_judge_has_text(const struct start_judge *j);
void start_judge_result(const struct start_judge *j, struct ef_start *ret);

#endif
