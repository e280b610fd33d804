/* SPDX-License-Identifier: MIT */
/*
 * Knows how RFC 2217 servers behave: which commands some of them never answer, and how far apart
 * they move DTR and RTS. telnet.c has the wire format.
 */
#include "port/net_rfc2217.h"
#include <espflash/log.h>

#define NEGOTIATE_US 3000000u /* pyserial's client waits as long */
#define ANSWER_US    3000000u /* time-out for rate and format, which must be confirmed */
#define OBEY_US      500000u  /* time-out for lines and purge, which some servers never confirm */
#define WRITE_US     5000000u
/* EN has risen if the second line changes later than this. */
#define GAP_MAX_US 5000u
#define CHUNK      2048u
/*
 * A session answers about a dozen option requests. A server that keeps asking gets no more
 * answers than this, because sending each one may block until the server reads.
 */
#define ANSWERS_MAX 512u

static bool send_now(struct net_rfc2217 *r, const struct ef_wr *out, struct ef_err *err)
{
	return net_tcp_send(r->tcp, out->p, out->len, net_tcp_deadline(r->tcp, WRITE_US), err);
}

/* ---- receiving ---- */

static bool handle_event(struct net_rfc2217 *r, const struct telnet_event *ev, struct ef_err *err)
{
	uint8_t cmd = (uint8_t)(ev->cmd - RFC2217_ANSWER), room[16];
	struct ef_wr out = ef_wr_init(room, sizeof(room));

	if (ev->kind == TELNET_EV_OPTION) {
		if (r->answers_given == ANSWERS_MAX)
			return true;
		telnet_negotiate(&r->telnet, ev, &out);
		r->answers_given += out.len > 0;
		return send_now(r, &out, err);
	}
	if (ev->kind == TELNET_EV_COM && ev->cmd >= RFC2217_ANSWER &&
	    cmd < EF_ARRAY_LEN(r->answer)) {
		r->answer[cmd] = ev->value;
		r->has_answer[cmd] = true;
		if (cmd == RFC2217_SET_CONTROL && ev->value >= RFC2217_DTR_ON &&
		    ev->value <= RFC2217_RTS_OFF)
			r->control_us[r->controls_seen++ > 0] = host_now_us();
	}
	return true;
}

/* Decode what tcp has received, as far as data has room. */
static bool decode(struct net_rfc2217 *r, struct ef_err *err)
{
	struct net_tcp *tcp = r->tcp;

	if (r->data_pos == r->data_len)
		r->data_pos = r->data_len = 0;
	while (tcp->rx_pos < tcp->rx_len && r->data_len < sizeof(r->data)) {
		size_t len = tcp->rx_len - tcp->rx_pos, room = sizeof(r->data) - r->data_len;
		struct telnet_event ev;
		size_t data_len;

		tcp->rx_pos += telnet_decode(&r->telnet, tcp->rx + tcp->rx_pos,
					     len < room ? len : room, r->data + r->data_len,
					     &data_len, &ev);
		r->data_len += data_len;
		if (!handle_event(r, &ev, err))
			return false;
	}
	return true;
}

/*
 * Receive until the test holds; *ret is false if the limit passed first. The clock decides,
 * because a server that never stops sending would keep the wait busy forever.
 */
static bool wait_until(struct net_rfc2217 *r,
		       bool (*test)(const struct net_rfc2217 *r, unsigned arg), unsigned arg,
		       uint64_t limit_us, bool *ret, struct ef_err *err)
{
	uint64_t deadline_us = net_tcp_deadline(r->tcp, limit_us);
	bool is_late = false;

	for (;;) {
		if (!decode(r, err))
			return false;
		*ret = test(r, arg);
		if (*ret || is_late)
			return true;
		/* If the caller does not read the data, lose old data rather than the answer. */
		if (r->data_len == sizeof(r->data))
			r->data_pos = r->data_len;
		else if (!net_tcp_wait(r->tcp, deadline_us, &is_late, err))
			return false;
		is_late |= host_now_us() >= deadline_us;
	}
}

static bool is_answered(const struct net_rfc2217 *r, unsigned cmd)
{
	return r->has_answer[cmd];
}

static bool are_controls_answered(const struct net_rfc2217 *r, unsigned count)
{
	return r->controls_seen >= count;
}

static bool is_negotiated(const struct net_rfc2217 *r, unsigned arg)
{
	(void)arg;
	return telnet_has_com_port(&r->telnet) || telnet_refused_com_port(&r->telnet);
}

/* ---- settings ---- */

bool net_rfc2217_start(struct net_rfc2217 *r, struct net_tcp *tcp, bool *ret_has_port,
		       struct ef_err *err)
{
	uint8_t room[16];
	struct ef_wr out = ef_wr_init(room, sizeof(room));
	bool is_there = false;

	r->tcp = tcp;
	r->data_pos = r->data_len = 0;
	r->answers_given = 0;
	telnet_start(&r->telnet, &out);
	if (!send_now(r, &out, err) ||
	    !wait_until(r, is_negotiated, 0, NEGOTIATE_US, &is_there, err))
		return false;
	if (!is_there && tcp->limit_us && host_now_us() >= tcp->limit_us)
		return ef_fail(err, EF_E_TIMEOUT,
			       "the server of '%s' did not finish telnet's negotiation in time",
			       tcp->name);
	*ret_has_port = telnet_has_com_port(&r->telnet);
	return true;
}

/* Send one setting and return the value that the server answers with. */
static bool set_and_ask(struct net_rfc2217 *r, uint8_t cmd, uint32_t value, uint32_t *ret,
			struct ef_err *err)
{
	uint8_t room[RFC2217_PUT_MAX];
	struct ef_wr out = ef_wr_init(room, sizeof(room));
	bool is_there = false;

	rfc2217_put(&out, cmd, value);
	r->has_answer[cmd] = false;
	if (!send_now(r, &out, err) || !wait_until(r, is_answered, cmd, ANSWER_US, &is_there, err))
		return false;
	if (!is_there) {
		ef_fail(err, EF_E_TIMEOUT, "the server of '%s' did not answer RFC 2217 command %u",
			r->tcp->name, cmd);
		return ef_hint_set(err, EF_HINT_SERVER_NOT_RFC2217);
	}
	*ret = r->answer[cmd];
	return true;
}

bool net_rfc2217_set_rate(struct net_rfc2217 *r, uint32_t rate_hz, uint32_t *ret_hz,
			  struct ef_err *err)
{
	return set_and_ask(r, RFC2217_SET_BAUDRATE, rate_hz, ret_hz, err);
}

bool net_rfc2217_set_8n1(struct net_rfc2217 *r, struct ef_err *err)
{
	uint32_t got;

	return set_and_ask(r, RFC2217_SET_DATASIZE, 8, &got, err) &&
	       set_and_ask(r, RFC2217_SET_PARITY, 1, &got, err) &&
	       set_and_ask(r, RFC2217_SET_STOPSIZE, 1, &got, err);
}

/*
 * Log how far apart the server moves two lines that it got in one write. The usual reset circuit
 * releases EN in between, and EN rises within milliseconds. No reset sequence can compensate for
 * that. But some servers reset the chip themselves when they recognise the classic sequence, and
 * that one comes first.
 */
static void tell_gap(struct net_rfc2217 *r)
{
	uint32_t us = (uint32_t)(r->control_us[1] - r->control_us[0]);

	if (r->has_told_gap)
		return;
	r->has_told_gap = true;
	ef_log(EF_LOG_DEBUG, "the server moves DTR and RTS %u.%u ms apart%s", us / 1000u,
	       us / 100u % 10u,
	       us < GAP_MAX_US ? ""
			       : ": too far for most boards; the classic sequences come first, "
				 "which servers answer with a reset of their own");
}

bool net_rfc2217_set_lines(struct net_rfc2217 *r, unsigned mask, unsigned value, struct ef_err *err)
{
	uint8_t room[2 * RFC2217_PUT_MAX];
	struct ef_wr out = ef_wr_init(room, sizeof(room));
	unsigned count = 0;
	bool is_there = true;

	if (mask & EF_DTR) {
		rfc2217_put(&out, RFC2217_SET_CONTROL,
			    value & EF_DTR ? RFC2217_DTR_ON : RFC2217_DTR_OFF);
		count++;
	}
	if (mask & EF_RTS) {
		rfc2217_put(&out, RFC2217_SET_CONTROL,
			    value & EF_RTS ? RFC2217_RTS_ON : RFC2217_RTS_OFF);
		count++;
	}
	r->controls_seen = 0;
	/* One write for both, so that they arrive together. */
	if (!send_now(r, &out, err))
		return false;
	/* Wait for the confirmation: the next step of a reset sequence is timed from here. */
	if (!r->ignores_control &&
	    !wait_until(r, are_controls_answered, count, OBEY_US, &is_there, err))
		return false;
	if (!is_there)
		ef_log(EF_LOG_DEBUG, "the server does not confirm line changes");
	r->ignores_control |= !is_there;
	if (count == 2 && !r->ignores_control)
		tell_gap(r);
	return true;
}

/* ---- data ---- */

bool net_rfc2217_read(struct net_rfc2217 *r, uint8_t *buf, size_t cap, uint64_t deadline_us,
		      size_t *ret_len, struct ef_err *err)
{
	bool is_late = false;
	size_t len;

	for (;;) {
		if (!decode(r, err))
			return false;
		len = r->data_len - r->data_pos;
		if (len > 0 || is_late)
			break;
		if (!net_tcp_wait(r->tcp, deadline_us, &is_late, err))
			return false;
		is_late |= host_now_us() >= deadline_us;
	}
	if (len > cap)
		len = cap;
	if (len)
		memcpy(buf, r->data + r->data_pos, len);
	r->data_pos += len;
	*ret_len = len;
	return true;
}

bool net_rfc2217_write(struct net_rfc2217 *r, const uint8_t *data, size_t len, uint64_t deadline_us,
		       struct ef_err *err)
{
	uint8_t room[2 * CHUNK];

	while (len > 0) {
		size_t part = len < CHUNK ? len : CHUNK;
		struct ef_wr out = ef_wr_init(room, sizeof(room));

		telnet_data(&out, data, part);
		if (!net_tcp_send(r->tcp, room, out.len, deadline_us, err))
			return false;
		data += part;
		len -= part;
	}
	return true;
}

/* The server's confirmation follows all data that was on its way when it purged. */
static bool purge(struct net_rfc2217 *r, struct ef_err *err)
{
	uint8_t room[RFC2217_PUT_MAX];
	struct ef_wr out = ef_wr_init(room, sizeof(room));
	bool is_there = true;

	rfc2217_put(&out, RFC2217_PURGE_DATA, RFC2217_PURGE_RX);
	r->has_answer[RFC2217_PURGE_DATA] = false;
	if (!send_now(r, &out, err))
		return false;
	if (!r->ignores_purge &&
	    !wait_until(r, is_answered, RFC2217_PURGE_DATA, OBEY_US, &is_there, err))
		return false;
	r->ignores_purge |= !is_there;
	return true;
}

bool net_rfc2217_discard(struct net_rfc2217 *r, bool with_purge, struct ef_err *err)
{
	bool has_more = true;

	if (with_purge && !purge(r, err))
		return false;
	/* Bounded: a device may never stop. Telnet commands among the data are still obeyed. */
	for (unsigned i = 0; i < 64 && has_more; i++) {
		r->data_pos = r->data_len;
		if (!net_tcp_pull(r->tcp, err))
			return false;
		has_more = r->tcp->rx_pos < r->tcp->rx_len;
		if (!decode(r, err))
			return false;
	}
	r->data_pos = r->data_len = 0;
	return true;
}
