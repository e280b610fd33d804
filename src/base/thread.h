/* SPDX-License-Identifier: MIT */
/* Threads of the library's own. They get no signals: those are for the caller's threads. */
#ifndef EF_BASE_THREAD_H
#define EF_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* Run work(ctx) in a thread, which the caller joins. False: the system has no thread for it. */
bool ef_thread_start(pthread_t *ret, void *(*work)(void *ctx), void *ctx);

#endif
