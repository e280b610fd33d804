/* SPDX-License-Identifier: MIT */
/*
 * The byte layout of telnet commands, option negotiation and RFC 2217
 * subnegotiations.
 *
 * Option negotiation follows RFC 854's rule against loops: it answers only
 * requests that change a state, never acknowledgements.
 */
#include "port/telnet.h"

enum mode { MODE_DATA, MODE_IAC, MODE_VERB, MODE_SUB, MODE_SUB_IAC };

/* The options we support; we refuse all others. */
static const uint8_t slot_option[] = { TELNET_BINARY, TELNET_SGA, TELNET_COM_PORT };
#define SLOT_COUNT    EF_ARRAY_LEN(slot_option)
#define SLOT_COM_PORT 2

static void put_option(struct ef_wr *out, uint8_t verb, uint8_t option)
{
	const uint8_t cmd[] = { TELNET_IAC, verb, option };

	ef_wr_bytes(out, cmd, sizeof(cmd));
}

void telnet_start(struct telnet *t, struct ef_wr *out)
{
	memset(t, 0, sizeof(*t));
	for (size_t i = 0; i < SLOT_COUNT; i++) {
		t->us[i] = TELNET_ASKED;
		put_option(out, TELNET_WILL, slot_option[i]);
		if (i == SLOT_COM_PORT)
			continue;
		t->them[i] = TELNET_ASKED;
		put_option(out, TELNET_DO, slot_option[i]);
	}
}

/* End a subnegotiation. Returns true if it is one of RFC 2217's; *ret then holds it. */
static bool finish_sub(struct telnet *t, struct telnet_event *ret)
{
	struct ef_rd r = ef_rd_init(t->sub, t->sub_len);
	uint8_t option = ef_rd_u8(&r);
	uint8_t cmd = ef_rd_u8(&r);

	if (r.bad || t->is_sub_cut || option != TELNET_COM_PORT)
		return false;
	ret->kind = TELNET_EV_COM;
	ret->cmd = cmd;
	ret->bytes = r.p;
	ret->len = r.left;
	ret->value = 0;
	for (size_t i = 0; i < ret->len && i < 4; i++)
		ret->value = ret->value << 8 | ret->bytes[i];
	return true;
}

static void add_sub(struct telnet *t, uint8_t byte)
{
	if (t->sub_len < sizeof(t->sub))
		t->sub[t->sub_len++] = byte;
	else
		t->is_sub_cut = true;
}

/* Handle the byte after IAC, outside of a subnegotiation. Returns whether it is payload. */
static bool after_iac(struct telnet *t, uint8_t byte)
{
	t->mode = MODE_DATA;
	switch (byte) {
	case TELNET_IAC:
		return true;
	case TELNET_SB:
		t->mode = MODE_SUB;
		t->sub_len = 0;
		t->is_sub_cut = false;
		return false;
	case TELNET_WILL:
	case TELNET_WONT:
	case TELNET_DO:
	case TELNET_DONT:
		t->mode = MODE_VERB;
		t->verb = byte;
		return false;
	default: /* NOP, GA, AYT...: a serial port needs none of them */
		return false;
	}
}

/*
 * Handle one byte. Returns true if it completed the event in *ret. Sets *is_data if the byte is
 * payload.
 */
static bool step(struct telnet *t, uint8_t byte, bool *is_data, struct telnet_event *ret)
{
	switch (t->mode) {
	case MODE_IAC:
		*is_data = after_iac(t, byte);
		return false;
	case MODE_VERB:
		t->mode = MODE_DATA;
		ret->kind = TELNET_EV_OPTION;
		ret->verb = t->verb;
		ret->option = byte;
		return true;
	case MODE_SUB:
		if (byte == TELNET_IAC)
			t->mode = MODE_SUB_IAC;
		else
			add_sub(t, byte);
		return false;
	case MODE_SUB_IAC:
		if (byte == TELNET_IAC) {
			t->mode = MODE_SUB;
			add_sub(t, byte);
			return false;
		}
		t->mode = MODE_DATA;
		if (byte == TELNET_SE)
			return finish_sub(t, ret);
		/* Handle a command inside a subnegotiation: its end was lost, so drop it. */
		*is_data = after_iac(t, byte);
		return false;
	default:
		if (byte == TELNET_IAC)
			t->mode = MODE_IAC;
		else
			*is_data = true;
		return false;
	}
}

size_t telnet_decode(struct telnet *t, const uint8_t *in, size_t len, uint8_t *data,
		     size_t *ret_data_len, struct telnet_event *ret)
{
	size_t data_len = 0, i;

	*ret = (struct telnet_event){ .kind = TELNET_EV_NONE };
	for (i = 0; i < len; i++) {
		bool is_data = false;

		if (step(t, in[i], &is_data, ret)) {
			i++;
			break;
		}
		if (is_data)
			data[data_len++] = in[i];
	}
	*ret_data_len = data_len;
	return i;
}

/*
 * Handle a peer that agrees to an option, or asks for it. Answer only if we had not asked for it.
 */
static void on_yes(uint8_t *state, uint8_t option, uint8_t yes, struct ef_wr *out)
{
	if (*state != TELNET_ASKED && *state != TELNET_YES)
		put_option(out, yes, option);
	*state = TELNET_YES;
}

static void on_no(uint8_t *state, uint8_t option, uint8_t no, struct ef_wr *out)
{
	if (*state == TELNET_YES)
		put_option(out, no, option);
	*state = TELNET_REFUSED;
}

void telnet_negotiate(struct telnet *t, const struct telnet_event *ev, struct ef_wr *out)
{
	size_t i = 0;

	while (i < SLOT_COUNT && slot_option[i] != ev->option)
		i++;
	if (i == SLOT_COUNT) {
		if (ev->verb == TELNET_WILL)
			put_option(out, TELNET_DONT, ev->option);
		else if (ev->verb == TELNET_DO)
			put_option(out, TELNET_WONT, ev->option);
		return;
	}
	if (ev->verb == TELNET_WILL)
		on_yes(&t->them[i], ev->option, TELNET_DO, out);
	else if (ev->verb == TELNET_WONT)
		on_no(&t->them[i], ev->option, TELNET_DONT, out);
	else if (ev->verb == TELNET_DO)
		on_yes(&t->us[i], ev->option, TELNET_WILL, out);
	else
		on_no(&t->us[i], ev->option, TELNET_WONT, out);
}

bool telnet_has_com_port(const struct telnet *t)
{
	return t->us[SLOT_COM_PORT] == TELNET_YES || t->them[SLOT_COM_PORT] == TELNET_YES;
}

bool telnet_refused_com_port(const struct telnet *t)
{
	return !telnet_has_com_port(t) && t->us[SLOT_COM_PORT] == TELNET_REFUSED;
}

void telnet_data(struct ef_wr *out, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		ef_wr_u8(out, data[i]);
		if (data[i] == TELNET_IAC)
			ef_wr_u8(out, TELNET_IAC);
	}
}

void rfc2217_put(struct ef_wr *out, uint8_t cmd, uint32_t value)
{
	const uint8_t head[] = { TELNET_IAC, TELNET_SB, TELNET_COM_PORT, cmd };
	const uint8_t tail[] = { TELNET_IAC, TELNET_SE };
	const uint8_t be[] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16),
			       (uint8_t)(value >> 8), (uint8_t)value };
	size_t skip = cmd % RFC2217_ANSWER == RFC2217_SET_BAUDRATE ? 0 : 3;

	ef_wr_bytes(out, head, sizeof(head));
	telnet_data(out, be + skip, sizeof(be) - skip);
	ef_wr_bytes(out, tail, sizeof(tail));
}
