/* SPDX-License-Identifier: MIT */
/*
 * Knows how to get a TCP connection within a time: names, several addresses,
 * and what each failure means for somebody whose board is on another machine.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/util.h"
#include "port/port_priv.h"

struct attempt {
	int fd;
	const volatile sig_atomic_t *interrupt;
};

/* One address; 0, or the errno of the failure. ETIMEDOUT at the deadline. */
static bool connect_one(struct attempt *n, const struct addrinfo *a, uint64_t deadline_us,
			int *ret_errno, struct ef_err *err)
{
	enum host_ready ready = HOST_READY;
	socklen_t len = sizeof(*ret_errno);
	int one = 1, flags;

	*ret_errno = 0;
	n->fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
	if (n->fd < 0 || (flags = fcntl(n->fd, F_GETFL)) < 0 ||
	    fcntl(n->fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
	    fcntl(n->fd, F_SETFD, FD_CLOEXEC) < 0) {
		*ret_errno = errno;
		return true;
	}
	(void)setsockopt(n->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(n->fd, a->ai_addr, a->ai_addrlen) == 0)
		return true;
	if (errno != EINPROGRESS && errno != EINTR) {
		*ret_errno = errno;
		return true;
	}
	if (!host_wait_fd(n->fd, HOST_WRITE, deadline_us, n->interrupt, &ready, err))
		return false;
	if (ready == HOST_TIMEOUT)
		*ret_errno = ETIMEDOUT;
	else if (getsockopt(n->fd, SOL_SOCKET, SO_ERROR, ret_errno, &len) != 0)
		*ret_errno = errno;
	return true;
}

static bool fail_connect(struct ef_err *err, const char *name, int errnum)
{
	if (errnum == ETIMEDOUT)
		ef_fail(err, EF_E_TIMEOUT, "cannot reach '%s': no answer in time", name);
	else
		ef_fail(err, EF_E_PORT, "cannot reach '%s': %s", name, strerror(errnum));
	return ef_hint_set(err, EF_HINT_HOST_UNREACHABLE);
}

bool net_connect(const struct port_url *url, const char *name, uint64_t deadline_us,
		 host_flag *interrupt, int *ret_fd, struct ef_err *err)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	struct attempt n = { .fd = -1, .interrupt = interrupt };
	struct addrinfo *list = NULL;
	int code = getaddrinfo(url->host, url->service, &hints, &list);
	int errnum = ECONNREFUSED;
	bool ok = true;

	if (code != 0) {
		ef_fail(err, EF_E_PORT, "no such host: '%s' (%s)", url->host, gai_strerror(code));
		return ef_hint_set(err, EF_HINT_HOST_UNKNOWN);
	}
	for (const struct addrinfo *a = list; a && ok; a = a->ai_next) {
		ok = connect_one(&n, a, deadline_us, &errnum, err);
		if (ok && errnum == 0)
			break;
		if (n.fd >= 0)
			close(n.fd);
		n.fd = -1;
	}
	freeaddrinfo(list);
	if (!ok)
		return false;
	if (errnum != 0)
		return fail_connect(err, name, errnum);
	*ret_fd = n.fd;
	return true;
}
