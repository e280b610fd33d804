/* SPDX-License-Identifier: MIT */
/*
 * Resolves host names. getaddrinfo waits for name servers as long as the system's configuration
 * says (half a minute and more) and can't be interrupted. So a thread calls it, and closes its end
 * of a pipe when it has the answer. A caller that gives up leaves the request to the thread:
 * whichever of the two releases it last frees it.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/util.h"
#include "port/net_resolve.h"

struct question {
	pthread_mutex_t lock;
	unsigned owners;
	net_lookup_fn *lookup;
	char host[256], service[16];
	struct addrinfo *list; /* the answer, until the caller takes it */
	int code;
	int done_fd; /* the thread's end of the pipe */
};

static void let_go(struct question *q)
{
	bool is_last;

	(void)pthread_mutex_lock(&q->lock);
	is_last = --q->owners == 0;
	(void)pthread_mutex_unlock(&q->lock);
	if (!is_last)
		return;
	if (q->list)
		freeaddrinfo(q->list);
	(void)pthread_mutex_destroy(&q->lock);
	free(q);
}

static const struct addrinfo stream_hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };

static void *ask(void *arg)
{
	struct question *q = arg;
	struct addrinfo *list = NULL;
	int code = q->lookup(q->host, q->service, &stream_hints, &list), fd = q->done_fd;

	(void)pthread_mutex_lock(&q->lock);
	q->code = code;
	q->list = code == 0 ? list : NULL;
	(void)pthread_mutex_unlock(&q->lock);
	(void)close(fd);
	let_go(q);
	return NULL;
}

/* Leave signals to the main thread, because it waits for the flag that they raise. */
static int start_thread(struct question *q)
{
	sigset_t all, was;
	pthread_attr_t attr;
	pthread_t thread;
	int code = pthread_attr_init(&attr);

	if (code != 0)
		return code;
	(void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &was);
	code = pthread_create(&thread, &attr, ask, q);
	(void)pthread_sigmask(SIG_SETMASK, &was, NULL);
	(void)pthread_attr_destroy(&attr);
	return code;
}

static struct question *new_question(net_lookup_fn *lookup, const char *host, const char *service)
{
	struct question *q = calloc(1, sizeof(*q));

	if (!q)
		return NULL;
	if (!ef_strlcpy(q->host, sizeof(q->host), host) ||
	    !ef_strlcpy(q->service, sizeof(q->service), service) ||
	    pthread_mutex_init(&q->lock, NULL) != 0) {
		free(q);
		return NULL;
	}
	q->owners = 1;
	q->lookup = lookup;
	q->code = EAI_AGAIN;
	return q;
}

/* On success the thread owns the request, too. *ret_fd: our end of the pipe. */
static bool begin(struct question *q, int *ret_fd, struct ef_err *err)
{
	int fds[2], code;

	if (pipe(fds) != 0)
		return ef_fail(err, EF_E_IO, "cannot look for a host: %s", strerror(errno));
	(void)fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(fds[1], F_SETFD, FD_CLOEXEC);
	q->done_fd = fds[1];
	q->owners = 2;
	code = start_thread(q);
	if (code == 0) {
		*ret_fd = fds[0];
		return true;
	}
	q->owners = 1;
	(void)close(fds[0]);
	(void)close(fds[1]);
	return ef_fail(err, EF_E_IO, "cannot look for a host: %s", strerror(code));
}

static int take_answer(struct question *q, struct addrinfo **ret)
{
	int code;

	(void)pthread_mutex_lock(&q->lock);
	code = q->code;
	*ret = q->list;
	q->list = NULL;
	(void)pthread_mutex_unlock(&q->lock);
	return code;
}

static bool fail_unknown(struct ef_err *err, const char *host, int code)
{
	ef_fail(err, EF_E_PORT, "no such host: '%s' (%s)", host, gai_strerror(code));
	return ef_hint_set(err, EF_HINT_HOST_UNKNOWN);
}

static bool fail_late(struct ef_err *err, const char *host)
{
	ef_fail(err, EF_E_TIMEOUT, "the system did not find the address of '%s' in time", host);
	return ef_hint_set(err, EF_HINT_HOST_UNKNOWN);
}

/* An address needs no name server, and no thread. */
static bool is_address(const char *host, const char *service, struct addrinfo **ret)
{
	struct addrinfo hints = stream_hints;

	hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
	return getaddrinfo(host, service, &hints, ret) == 0;
}

bool net_resolve(net_lookup_fn *lookup, const char *host, const char *service, uint64_t deadline_us,
		 host_flag *interrupt, struct addrinfo **ret, struct ef_err *err)
{
	enum host_ready ready = HOST_TIMEOUT;
	struct question *q;
	int fd = -1, code = EAI_AGAIN;
	bool ok;

	*ret = NULL;
	if (is_address(host, service, ret))
		return true;
	q = new_question(lookup ? lookup : getaddrinfo, host, service);
	if (!q)
		return ef_fail(err, EF_E_IO, "out of memory");
	ok = begin(q, &fd, err);
	if (ok) {
		ok = host_wait_fd(fd, HOST_READ, deadline_us, interrupt, &ready, err);
		(void)close(fd);
	}
	if (ok && ready != HOST_TIMEOUT)
		code = take_answer(q, ret);
	let_go(q);
	if (!ok)
		return false;
	if (ready == HOST_TIMEOUT)
		return fail_late(err, host);
	return code == 0 || fail_unknown(err, host, code);
}
