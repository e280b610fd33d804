/* SPDX-License-Identifier: MIT */
/*
 * Parses the URLs of network ports: socket://host:port and
 * rfc2217://host:port[?option[&option]], with an IPv6 address in brackets.
 * It accepts the options of pyserial's handlers, so that URLs written for
 * other tools work here too.
 */
#include "base/util.h"
#include "port/port_priv.h"

#define SEPARATOR "://"

bool port_is_url(const char *name)
{
	const char *colon = strstr(name, SEPARATOR);

	/* With a slash before it, it is a path with an unusual file name. */
	return colon && !memchr(name, '/', (size_t)(colon - name));
}

static bool bad_url(struct ef_err *err, const char *text, const char *why)
{
	ef_fail(err, EF_E_USAGE, "'%s' is not the address of a port: %s", text, why);
	return ef_hint_set(err, EF_HINT_URL_FORM);
}

/* Return whether text[0..len) equals word, ignoring case. */
static bool is_word(const char *text, size_t len, const char *word)
{
	char copy[32];

	if (len != strlen(word) || len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return ef_str_ieq(copy, word);
}

static bool parse_option(const char *text, size_t len, struct port_url *url)
{
	const char *equals = memchr(text, '=', len);
	size_t name_len = equals ? (size_t)(equals - text) : len;

	if (is_word(text, name_len, "logging"))
		return true; /* only pyserial uses it */
	if (url->scheme != URL_RFC2217)
		return false;
	if (is_word(text, name_len, "ign_set_control")) {
		url->ignores_control = true;
		return true;
	}
	/* These have no effect here: we neither poll the modem state nor have a single time-out. */
	return is_word(text, name_len, "poll_modem") || is_word(text, name_len, "timeout");
}

static bool parse_query(const char *text, const char *query, struct port_url *url,
			struct ef_err *err)
{
	while (*query) {
		size_t len = strcspn(query, "&");

		if (len > 0 && !parse_option(query, len, url)) {
			ef_fail(err, EF_E_USAGE, "unknown option '%.*s' in '%s'",
				(int)(len > 100 ? 100 : len), query, text);
			return ef_hint_set(err, EF_HINT_URL_QUERY);
		}
		query += len;
		query += *query == '&';
	}
	return true;
}

/* Split "host:port"; the host may be "[ipv6]". */
static bool split_authority(const char *at, size_t len, struct port_url *url, const char **ret_why)
{
	const char *host = at, *end = at + len, *colon;
	size_t host_len;

	if (len > 0 && at[0] == '[') {
		const char *close = memchr(at, ']', len);

		if (!close || close + 1 == end || close[1] != ':') {
			*ret_why = "']:' and a port number are missing";
			return false;
		}
		host = at + 1;
		host_len = (size_t)(close - host);
		colon = close + 1;
	} else {
		colon = memchr(at, ':', len);
		host_len = colon ? (size_t)(colon - at) : len;
		if (colon && memchr(colon + 1, ':', (size_t)(end - colon - 1))) {
			*ret_why = "an IPv6 address belongs in brackets";
			return false;
		}
	}
	if (host_len == 0 || host_len >= sizeof(url->host)) {
		*ret_why = host_len ? "the host's name is too long" : "the host is missing";
		return false;
	}
	if (!colon || colon + 1 == end) {
		*ret_why = "the port number is missing";
		return false;
	}
	memcpy(url->host, host, host_len);
	url->host[host_len] = '\0';
	len = (size_t)(end - colon - 1);
	if (len >= sizeof(url->service) || strspn(colon + 1, "0123456789") < len) {
		*ret_why = "the port is not a number from 1 to 65535";
		return false;
	}
	memcpy(url->service, colon + 1, len);
	url->service[len] = '\0';
	return true;
}

bool port_url_parse(const char *text, struct port_url *ret, struct ef_err *err)
{
	const char *at = strstr(text, SEPARATOR), *why = NULL;
	struct port_url url = { .scheme = URL_SOCKET };
	uint32_t number = 0;
	size_t len;

	if (!at)
		return bad_url(err, text, "'://' is missing");
	if (is_word(text, (size_t)(at - text), "rfc2217"))
		url.scheme = URL_RFC2217;
	else if (!is_word(text, (size_t)(at - text), "socket"))
		return bad_url(err, text, "only rfc2217:// and socket:// are known");
	at += strlen(SEPARATOR);
	len = strcspn(at, "/?");
	if (!split_authority(at, len, &url, &why))
		return bad_url(err, text, why);
	/* Leading zeros are accepted, port 0 is not. */
	if (!ef_parse_u32(url.service, UINT16_MAX, &number) || number == 0)
		return bad_url(err, text, "the port is not a number from 1 to 65535");
	at += len;
	at += *at == '/';
	if (*at != '\0' && *at != '?')
		return bad_url(err, text, "nothing may follow the port but '?' and options");
	if (*at == '?' && !parse_query(text, at + 1, &url, err))
		return false;
	*ret = url;
	return true;
}
