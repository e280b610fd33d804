/* SPDX-License-Identifier: MIT */
/*
 * Knows sockets: connecting within a time, what each failure means to a user
 * whose board is attached to another machine, and sending without a deadlock.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/util.h"
#include "port/net_resolve.h"
#include "port/net_tcp.h"

/* ---- connecting ---- */

/* Try one address. *ret_errno: 0, or the cause of the failure; ETIMEDOUT at the deadline. */
static bool connect_one(struct net_tcp *t, const struct addrinfo *a, uint64_t deadline_us,
			int *ret_errno, struct ef_err *err)
{
	enum host_ready ready = HOST_READY;
	socklen_t len = sizeof(*ret_errno);
	int one = 1, flags;

	*ret_errno = 0;
	t->fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
	if (t->fd < 0 || (flags = fcntl(t->fd, F_GETFL)) < 0 ||
	    fcntl(t->fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
	    fcntl(t->fd, F_SETFD, FD_CLOEXEC) < 0) {
		*ret_errno = errno;
		return true;
	}
	(void)setsockopt(t->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(t->fd, a->ai_addr, a->ai_addrlen) == 0)
		return true;
	if (errno != EINPROGRESS && errno != EINTR) {
		*ret_errno = errno;
		return true;
	}
	if (!host_wait_fd(t->fd, HOST_WRITE, deadline_us, t->interrupt, &ready, err))
		return false;
	if (ready == HOST_TIMEOUT)
		*ret_errno = ETIMEDOUT;
	else if (getsockopt(t->fd, SOL_SOCKET, SO_ERROR, ret_errno, &len) != 0)
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

bool net_tcp_connect(struct net_tcp *t, const char *host, const char *service, uint64_t deadline_us,
		     struct ef_err *err)
{
	struct addrinfo *list = NULL;
	int errnum = ECONNREFUSED;
	bool ok = true;

	if (!net_resolve(NULL, host, service, deadline_us, t->interrupt, &list, err))
		return false;
	for (const struct addrinfo *a = list; a && ok; a = a->ai_next) {
		ok = connect_one(t, a, deadline_us, &errnum, err);
		if (ok && errnum == 0)
			break;
		net_tcp_disconnect(t);
	}
	freeaddrinfo(list);
	return ok && (errnum == 0 || fail_connect(err, t->name, errnum));
}

void net_tcp_disconnect(struct net_tcp *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
	t->is_closed = false;
	t->rx_pos = t->rx_len = 0;
}

/* ---- the stream ---- */

static bool fail_closed(struct net_tcp *t, struct ef_err *err)
{
	t->is_closed = true;
	ef_fail(err, EF_E_PORT, "'%s' is gone: the server closed the connection", t->name);
	return ef_hint_set(err, EF_HINT_SERVER_CLOSED);
}

static bool fail_socket(struct net_tcp *t, int errnum, struct ef_err *err)
{
	if (errnum == ECONNRESET || errnum == EPIPE || errnum == ENOTCONN)
		return fail_closed(t, err);
	return ef_fail(err, EF_E_PORT, "cannot use port '%s': %s", t->name, strerror(errnum));
}

static size_t rx_room(struct net_tcp *t)
{
	if (t->rx_pos == t->rx_len) {
		t->rx_pos = t->rx_len = 0;
	} else if (t->rx_pos > NET_RX_CAP / 2) {
		memmove(t->rx, t->rx + t->rx_pos, t->rx_len - t->rx_pos);
		t->rx_len -= t->rx_pos;
		t->rx_pos = 0;
	}
	return NET_RX_CAP - t->rx_len;
}

bool net_tcp_pull(struct net_tcp *t, struct ef_err *err)
{
	size_t room = rx_room(t);
	ssize_t len;

	if (room == 0 || t->is_closed)
		return true;
	len = recv(t->fd, t->rx + t->rx_len, room, 0);
	if (len < 0)
		return errno == EAGAIN || errno == EINTR || fail_socket(t, errno, err);
	t->is_closed = len == 0;
	t->rx_len += (size_t)len;
	return true;
}

bool net_tcp_wait(struct net_tcp *t, uint64_t deadline_us, bool *ret_timeout, struct ef_err *err)
{
	enum host_ready ready = HOST_READY;

	if (t->is_closed)
		return fail_closed(t, err);
	if (!host_wait_fd(t->fd, HOST_READ, deadline_us, t->interrupt, &ready, err))
		return false;
	*ret_timeout = ready == HOST_TIMEOUT;
	return *ret_timeout || net_tcp_pull(t, err);
}

uint64_t net_tcp_deadline(const struct net_tcp *t, uint64_t us)
{
	uint64_t deadline_us = host_now_us() + us;

	return t->limit_us && t->limit_us < deadline_us ? t->limit_us : deadline_us;
}

size_t net_tcp_take(struct net_tcp *t, uint8_t *buf, size_t cap)
{
	size_t len = t->rx_len - t->rx_pos;

	if (len > cap)
		len = cap;
	if (len)
		memcpy(buf, t->rx + t->rx_pos, len);
	t->rx_pos += len;
	return len;
}

static bool wait_to_send(struct net_tcp *t, uint64_t deadline_us, struct ef_err *err)
{
	struct pollfd p = { .fd = t->fd, .events = POLLOUT };
	uint64_t now = host_now_us();

	if (!host_check_flag(t->interrupt, err))
		return false;
	if (now >= deadline_us)
		return ef_fail(err, EF_E_TIMEOUT, "'%s' took no data in time", t->name);
	if (t->is_closed)
		return fail_closed(t, err);
	if (rx_room(t) > 0)
		p.events |= POLLIN;
	(void)poll(&p, 1, deadline_us - now < SLICE_US ? 1 : (int)(SLICE_US / 1000));
	return net_tcp_pull(t, err);
}

bool net_tcp_send(struct net_tcp *t, const void *data, size_t len, uint64_t deadline_us,
		  struct ef_err *err)
{
	const uint8_t *p = data;

	while (len > 0) {
		ssize_t sent = send(t->fd, p, len, MSG_NOSIGNAL);

		if (sent >= 0) {
			p += sent;
			len -= (size_t)sent;
		} else if (errno != EAGAIN && errno != EINTR) {
			return fail_socket(t, errno, err);
		} else if (!wait_to_send(t, deadline_us, err)) {
			return false;
		}
	}
	return true;
}
