/* SPDX-License-Identifier: MIT */
#include "base/thread.h"

#include <signal.h>

bool ef_thread_start(pthread_t *ret, void *(*work)(void *ctx), void *ctx)
{
	sigset_t all, before;
	bool ok;

	(void)sigfillset(&all);
	if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
		return false;
	ok = pthread_create(ret, NULL, work, ctx) == 0;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return ok;
}
