/* SPDX-License-Identifier: MIT */
/*
 * Pseudo terminals that nobody else opens. The system gives the name of one that ended to the next
 * one at once, and a program that waits for the one that ended to come back opens ours: it writes
 * into our terminal and takes what is typed. A lock (TIOCSPTLCK) is no help: an attempt to open a
 * locked terminal breaks it.
 *
 * Define _GNU_SOURCE before the first header.
 */
#ifndef OWN_TERMINAL_H
#define OWN_TERMINAL_H

#ifdef __linux__
#include <sched.h>
#include <stdbool.h>
#include <sys/mount.h>

/* What this process opens from now on has names that others don't see, if it may have such. */
static inline void own_terminals(void)
{
	static bool is_done;

	if (!is_done && unshare(CLONE_NEWNS) == 0 &&
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
		(void)mount("devpts", "/dev/pts", "devpts", 0, "ptmxmode=0666,mode=0620");
	is_done = true;
}
#else
static inline void own_terminals(void)
{
}
#endif

#endif
