/* SPDX-License-Identifier: MIT */
/* Reads flash settings and resets in the words of esptool (write-flash, --before, --after). */
#include "input/input_priv.h"

static const struct {
	const char *name;
	enum ef_flash_mode mode;
} modes[] = {
	{ "qio", EF_MODE_QIO },
	{ "qout", EF_MODE_QOUT },
	{ "dio", EF_MODE_DIO },
	{ "dout", EF_MODE_DOUT },
};

bool input_set_mode(struct ef_input *in, const char *text, struct ef_err *err)
{
	in->settings.mode_plus = 0;
	if (ef_str_ieq(text, "keep"))
		return true;
	for (size_t i = 0; i < EF_ARRAY_LEN(modes); i++) {
		if (!ef_str_ieq(text, modes[i].name))
			continue;
		in->settings.mode_plus = (int)modes[i].mode + 1;
		return true;
	}
	return ef_fail(err, EF_E_INPUT, "the flash mode '%.20s' is unknown", text);
}

/* "80m"; ESP-IDF writes the same, PlatformIO's board files "80m" or "80000000L". */
bool input_set_freq(struct ef_input *in, const char *text, struct ef_err *err)
{
	char number[8];
	uint32_t mhz;

	in->settings.freq_mhz = 0;
	if (ef_str_ieq(text, "keep"))
		return true;
	(void)ef_strlcpy(number, sizeof(number), text);
	number[strcspn(number, "mM")] = '\0';
	if (strlen(text) > 6 || !ef_parse_u32(number, 1000, &mhz) || mhz == 0)
		return ef_fail(err, EF_E_INPUT, "the flash frequency '%.20s' is unknown", text);
	in->settings.freq_mhz = (uint16_t)mhz;
	return true;
}

/* "4MB", "512KB"; the "-c1" of two sizes is for the ESP8266 only. */
bool input_set_size(struct ef_input *in, const char *text, struct ef_err *err)
{
	char number[8];
	size_t len = strlen(text);
	uint32_t size;

	in->settings.finds_size = ef_str_ieq(text, "detect");
	in->settings.size = 0;
	if (in->settings.finds_size || ef_str_ieq(text, "keep"))
		return true;
	(void)ef_strlcpy(number, sizeof(number), text);
	if (len > 2 && len < sizeof(number) && ef_str_ieq(number + len - 1, "b"))
		number[len - 1] = '\0';
	if (!ef_parse_size(number, EF_MAX_IMAGE, &size) ||
	    strcmp(ef_flash_size_name(size), "?") == 0)
		return ef_fail(err, EF_E_INPUT, "the flash size '%.20s' is unknown", text);
	in->settings.size = size;
	return true;
}

/* esptool 5 spells with dashes what esptool 4 spelt with underscores. */
static void set_reset(char *ret, size_t cap, const char *text)
{
	(void)ef_strlcpy(ret, cap, text);
	for (char *p = ret; *p; p++)
		if (*p == '_')
			*p = '-';
	ef_clean_text(ret);
}

void input_set_before(struct ef_input *in, const char *text)
{
	set_reset(in->before, sizeof(in->before), text);
}

void input_set_after(struct ef_input *in, const char *text)
{
	set_reset(in->after, sizeof(in->after), text);
}
