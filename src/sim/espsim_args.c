/* SPDX-License-Identifier: MIT */
/* Parses the command line of espsim. */
#include "sim/espsim_args.h"
#include "base/util.h"
#include "sim/espsim_table.h"

static const struct espsim_option *find(const char *name, size_t len)
{
	for (const struct espsim_option *o = espsim_options; o->name; o++)
		if (strlen(o->name) == len && memcmp(o->name, name, len) == 0)
			return o;
	return NULL;
}

/* Store a flag (value is NULL) or a value. */
static bool store(struct settings *set, const struct espsim_option *o, const char *value)
{
	char *at = (char *)set + o->at;
	uint32_t number;

	switch (o->kind) {
	case ESPSIM_FLAG:
		*(bool *)(void *)at = true;
		return true;
	case ESPSIM_NUMBER:
		if (!ef_parse_u32(value, o->max, &number))
			return false;
		memcpy(at, &number, sizeof(number));
		return true;
	case ESPSIM_TEXT:
		memcpy(at, &value, sizeof(value));
		return true;
	default:
		return o->parse(set, value);
	}
}

/* Without lines the chip would never get into download mode. */
static void choose_circuit(struct settings *set)
{
	for (size_t i = 0; i < set->url_count; i++)
		if (strncmp(set->urls[i], "rfc2217:", 8) == 0)
			return;
	if (!set->has_circuit)
		set->board.circuit = SIM_CIRCUIT_NONE_DOWNLOAD;
}

bool espsim_args(int argc, char **argv, struct settings *set, struct ef_err *err)
{
	for (int i = 1; i < argc; i++) {
		size_t len = strcspn(argv[i], "=");
		const struct espsim_option *o = find(argv[i], len);
		const char *value = argv[i][len] ? argv[i] + len + 1 : NULL;

		if (!o)
			return ef_fail(err, EF_E_USAGE, "unknown option '%s'; see --help", argv[i]);
		if (!o->value && value)
			return ef_fail(err, EF_E_USAGE, "%s takes no value", o->name);
		if (o->value && !value && i + 1 < argc)
			value = argv[++i];
		if (o->value && !value)
			return ef_fail(err, EF_E_USAGE, "%s needs a value, %s", o->name, o->value);
		if (!store(set, o, value))
			return ef_fail(err, EF_E_USAGE, "bad value of %s: '%s'; see --help",
				       o->name, value);
	}
	if (!set->board.chip)
		return ef_fail(err, EF_E_USAGE, "--chip is missing; see --help");
	if (!set->url_count)
		set->urls[set->url_count++] = ESPSIM_DEFAULT_URL;
	choose_circuit(set);
	return true;
}
