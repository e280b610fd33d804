/* SPDX-License-Identifier: MIT */
/*
 * The client side of telnet (RFC 854, 855) and its serial port option (RFC 2217)
 * as a pure codec: no I/O, no allocation. The virtual board's server has a codec
 * of its own, so that each tests the other.
 *
 * Receiving: give every byte from the socket to telnet_decode and act on the
 * events; give option events to telnet_negotiate, which writes the answer.
 * Sending: telnet_data for payload, rfc2217_put for requests. All writers use
 * the bounded cursor of base/bytes.h; test its `bad` once.
 */
#ifndef EF_PORT_TELNET_H
#define EF_PORT_TELNET_H

#include "base/bytes.h"

enum telnet_byte {
	TELNET_SE = 240,
	TELNET_SB = 250,
	TELNET_WILL = 251,
	TELNET_WONT = 252,
	TELNET_DO = 253,
	TELNET_DONT = 254,
	TELNET_IAC = 255,
};

enum telnet_option {
	TELNET_BINARY = 0,    /* RFC 856 */
	TELNET_ECHO = 1,      /* RFC 857 */
	TELNET_SGA = 3,       /* RFC 858 */
	TELNET_COM_PORT = 44, /* RFC 2217 */
};

/*
 * RFC 2217 commands as the client sends them; the server's answers are 100 higher. The list of
 * commands is the RFC's, with those that this program does not send.
 */
enum rfc2217_cmd {
	RFC2217_SIGNATURE = 0,    /* text: the sender's name; empty: asks for the peer's */
	RFC2217_SET_BAUDRATE = 1, /* 4 bytes, big endian; 0 asks */
	RFC2217_SET_DATASIZE = 2, /* 8; 0 asks */
	RFC2217_SET_PARITY = 3,   /* 1: none; 0 asks */
	RFC2217_SET_STOPSIZE = 4, /* 1: one; 0 asks */
	RFC2217_SET_CONTROL = 5,  /* enum rfc2217_control */
	RFC2217_NOTIFY_LINESTATE = 6,
	RFC2217_NOTIFY_MODEMSTATE = 7,
	RFC2217_FLOW_SUSPEND = 8,
	RFC2217_FLOW_RESUME = 9,
	RFC2217_SET_LINESTATE_MASK = 10,
	RFC2217_SET_MODEMSTATE_MASK = 11,
	RFC2217_PURGE_DATA = 12, /* enum rfc2217_purge */
	RFC2217_ANSWER = 100,    /* the server adds this to the above */
};

enum rfc2217_control {
	RFC2217_DTR_ON = 8,
	RFC2217_DTR_OFF = 9,
	RFC2217_RTS_ON = 11,
	RFC2217_RTS_OFF = 12,
};

enum rfc2217_purge { RFC2217_PURGE_RX = 1 };

#define TELNET_SUB_MAX 64

/* State of one option on one side. */
enum telnet_state { TELNET_NO, TELNET_ASKED, TELNET_YES, TELNET_REFUSED };

struct telnet {
	/* decoder */
	uint8_t mode, verb;
	uint8_t sub[TELNET_SUB_MAX];
	size_t sub_len;
	bool is_sub_cut;
	/* enum telnet_state of each option (slot_option in telnet.c), on our side and the peer's */
	uint8_t us[4], them[4];
};

enum telnet_event_kind {
	TELNET_EV_NONE,   /* the input ends before the next event */
	TELNET_EV_OPTION, /* verb and option: give it to telnet_negotiate */
	TELNET_EV_COM,    /* an RFC 2217 subnegotiation: cmd, and value or bytes */
};

struct telnet_event {
	enum telnet_event_kind kind;
	uint8_t verb, option; /* OPTION */
	uint8_t cmd;          /* COM: as sent, so answers are >= RFC2217_ANSWER */
	uint32_t value;       /* COM: the first 4 bytes or fewer as a number; 0 if there are none */
	const uint8_t *bytes; /* COM: the bytes after cmd; valid until the next decode */
	size_t len;
};

/*
 * Begin a session and write the client's requests: binary in both directions,
 * no go-ahead, and an offer (WILL) of the serial port option. Up to 16 bytes.
 */
void telnet_start(struct telnet *t, struct ef_wr *out);

/*
 * Decode up to the next event. Payload goes to data, which must have room for
 * len bytes; *ret_data_len is its length, with or without an event. Returns the
 * number of input bytes consumed; call again until all are.
 */
size_t telnet_decode(struct telnet *t, const uint8_t *in, size_t len, uint8_t *data,
		     size_t *ret_data_len, struct telnet_event *ret);

/* Handle an option event; writes an answer (up to 3 bytes) if one is due. */
void telnet_negotiate(struct telnet *t, const struct telnet_event *ev, struct ef_wr *out);

/* Return whether the serial port option is in force; either side may have begun it. */
bool telnet_has_com_port(const struct telnet *t);
/* Return whether the peer refused the serial port option. */
bool telnet_refused_com_port(const struct telnet *t);

/* Write payload with IAC doubled: up to 2 * len bytes. */
void telnet_data(struct ef_wr *out, const uint8_t *data, size_t len);

/* Write one command. The value has 4 bytes for a baud rate, else 1. Up to RFC2217_PUT_MAX bytes. */
void rfc2217_put(struct ef_wr *out, uint8_t cmd, uint32_t value);
#define RFC2217_PUT_MAX 14

#endif
