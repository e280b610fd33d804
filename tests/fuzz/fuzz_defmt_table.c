/* SPDX-License-Identifier: MIT */
/* Any bytes as an ELF with defmt data: refused with a reason, or one that takes frames. */
#include <stdlib.h>

#include <espflash/defmt.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ignore_record(void *user, const struct ef_defmt_record *record)
{
	(void)user;
	if (record->message == NULL || record->crate == NULL || record->file == NULL)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct ef_defmt_sink sink = { ignore_record, NULL, NULL, NULL };
	struct ef_err err = EF_ERR_INIT;
	struct ef_defmt *d = NULL;

	if (!ef_defmt_open(data, size, &d, &err)) {
		if (d != NULL || (err.code != EF_E_INPUT && err.code != EF_E_IO))
			abort();
		return 0;
	}
	if (!ef_defmt_is_in(data, size))
		abort();
	for (uint8_t i = 1; i < 128; i++) {
		const uint8_t frame[] = { 0xff, 0, i, 1, 1, 1, 1, 1, 1, 0x01, 0 };

		ef_defmt_feed(d, frame, sizeof(frame), &sink);
	}
	ef_defmt_close(d);
	return 0;
}
