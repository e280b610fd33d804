/* SPDX-License-Identifier: MIT */
/* Any text as --output-format: refused as USAGE, or it writes lines that fit. */
#include <stdlib.h>
#include <string.h>

#include <espflash/defmt.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct ef_defmt_record record = { EF_DEFMT_WARN, "1.5", "m\u00e9", "c",
						       "c::m", "/a/b/c.rs", 12 };
	struct ef_err err = EF_ERR_INIT;
	struct ef_defmt_format *format = NULL;
	char *text = malloc(size + 1), *line;

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (ef_defmt_format_parse(text, &format, &err)) {
		for (size_t cap = 0; cap < 200; cap += 1 + cap / 8) {
			size_t n;

			line = malloc(cap ? cap : 1); /* of exact size, for a sanitizer */
			if (line == NULL)
				break;
			n = ef_defmt_format_write(format, &record, cap & 1, line, cap);
			if (cap ? n >= cap || strlen(line) != n : n != 0)
				abort();
			free(line);
		}
		ef_defmt_format_free(format);
	} else if (err.code != EF_E_USAGE || format != NULL) {
		abort();
	}
	free(text);
	return 0;
}
