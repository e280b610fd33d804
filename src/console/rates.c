/* SPDX-License-Identifier: MIT */
/* Knows at which rates consoles talk, and what text looks like at the wrong one. */
#include <espflash/console.h>

#include "base/text.h"

/* With fewer bytes, text can't be told from garbage. */
#define JUDGE_MIN 16u

/* The first is the rate of a ROM with a 26 MHz crystal that expects 40 MHz (115200 * 26 / 40). */
const uint32_t ef_console_rates[] = {
	74880, 115200, 9600, 57600, 460800, 921600, 230400, 38400, 0
};

/* Count the bytes that no text has: control characters and invalid UTF-8. NUL is an idle line. */
static size_t count_bad(const uint8_t *p, size_t len, size_t *ret_nuls)
{
	size_t bad = 0;

	*ret_nuls = 0;
	for (size_t i = 0; i < len;) {
		uint32_t c;
		size_t n = ef_utf8_get(p + i, len - i, &c);

		/* don't judge a character that is cut off by the end of the data */
		if (n == 0 && len - i < 4 && ef_utf8_len(p[i]) > len - i)
			break;
		*ret_nuls += n == 1 && c == 0;
		bad += n == 0 || (c < ' ' && c != 0 && !(c >= '\a' && c <= '\r') && c != 27) ||
		       (c >= 0x7f && c < 0xa0);
		i += n ? n : 1;
	}
	return bad;
}

bool ef_console_is_text(const void *data, size_t len)
{
	size_t nuls, bad = count_bad(data, len, &nuls);

	return len - nuls >= JUDGE_MIN && bad == 0;
}

bool ef_console_is_garbage(const void *data, size_t len)
{
	size_t nuls, bad = count_bad(data, len, &nuls);

	return len - nuls >= JUDGE_MIN && bad >= (len - nuls) / 4;
}
