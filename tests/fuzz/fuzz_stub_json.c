/* SPDX-License-Identifier: MIT */
/* A stub image from any bytes: refused with one error, or parts that lie where they say. */
#include <stdlib.h>

#include "flasher/stub_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ef_stub stub = EF_STUB_INIT;
	struct ef_err err = EF_ERR_INIT;
	volatile uint8_t sum = 0;
	bool ok = ef_stub_parse(data, size, &stub, &err);

	if (ok != (err.code == EF_OK) || (!ok && err.code != EF_E_INPUT))
		abort();
	if (ok) {
		if (stub.text_len == 0 || stub.entry - stub.text_start >= stub.text_len)
			abort();
		for (uint32_t i = 0; i < stub.text_len; i++)
			sum ^= stub.text[i];
		for (uint32_t i = 0; i < stub.data_len; i++)
			sum ^= stub.data[i];
		(void)sum;
	}
	ef_stub_release(&stub);
	return 0;
}
