/* SPDX-License-Identifier: MIT */
/* Custom reset sequences and port URLs: text from the command line or a file. */
#include <stdlib.h>
#include <string.h>

#include "port/port_priv.h"
#include "rig/fuzz_check.h"
#include <espflash/reset.h>

static void check_reset(const char *text)
{
	struct ef_reset reset = { .step_count = 0 };
	struct ef_err err = EF_ERR_INIT;

	if (!ef_reset_parse(text, &reset, &err)) {
		CHECK(err.code == EF_E_USAGE && err.msg[0]);
		CHECK(reset.name == NULL);
		return;
	}
	CHECK(err.code == EF_OK);
	CHECK(reset.step_count >= 1 && reset.step_count <= EF_RESET_STEPS_MAX);
	for (size_t i = 0; i < reset.step_count; i++) {
		CHECK((reset.step[i].mask & ~(EF_DTR | EF_RTS)) == 0);
		CHECK((reset.step[i].value & ~reset.step[i].mask) == 0);
		CHECK(reset.step[i].wait_ms <= 60000);
	}
}

static void check_url(const char *text)
{
	struct ef_err err = EF_ERR_INIT;
	struct port_url url;

	if (!port_url_parse(text, &url, &err)) {
		CHECK(err.code == EF_E_USAGE && err.msg[0]);
		return;
	}
	CHECK(url.host[0] && strlen(url.host) < sizeof(url.host));
	CHECK(url.service[0] && strspn(url.service, "0123456789") == strlen(url.service));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	CHECK(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	check_reset(text);
	check_url(text);
	(void)port_is_url(text);
	(void)port_name_compare(text, text + size / 2);
	CHECK(port_name_compare(text, text) == 0);
	free(text);
	return 0;
}
