/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as the file that remembers which reset worked: nothing is known, or a name that
 * fits. What is remembered afterwards is found again, whatever the file had. Inputs of every 64th
 * length are files, which take thirty times as long as their text; the text's own doors are inside
 * the source.
 */
#include "cli/config/remember.c"

#include "fuzz/settings_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct ef_port_info port = { .vid = 0x10c4, .pid = 0xea60, .serial = "0001" };
static const struct remembered what = { .strategy = "unix-tight", .rate_hz = 921600 };

static void require(bool ok)
{
	if (!ok)
		abort();
}

static void check_found(const struct remembered *known)
{
	require(strcmp(known->strategy, what.strategy) == 0 && known->rate_hz == what.rate_hz);
}

static void try_file(const uint8_t *data, size_t size)
{
	struct ef_err err = EF_ERR_INIT;
	struct remembered known;

	settings_write("settings", data, size);
	remember_get("settings", &port, &known);
	require(memchr(known.strategy, 0, sizeof(known.strategy)) != NULL);
	if (!remember_put("settings", &port, &what, &err))
		return;
	remember_get("settings", &port, &known);
	check_found(&known);
}

static void try_text(const uint8_t *data, size_t size)
{
	static struct ef_buf old = EF_BUF_INIT(FILE_MAX), out = EF_BUF_INIT(FILE_MAX + 256);
	struct ef_err err = EF_ERR_INIT;
	struct remembered known, merged = what;
	char key[192];

	old.len = out.len = 0;
	require(device_key(&port, key));
	if (!ef_buf_add(&old, data, size, &err))
		return;
	find(&old, key, &known);
	require(memchr(known.strategy, 0, sizeof(known.strategy)) != NULL);
	merge(&merged, &known);
	if (!add_line(&out, key, &merged, &err) || !copy_others(&old, key, &out, &err))
		return;
	find(&out, key, &known);
	check_found(&known);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size % 64 == 63)
		try_file(data, size);
	else
		try_text(data, size);
	return 0;
}
