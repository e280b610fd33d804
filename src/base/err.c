/* SPDX-License-Identifier: MIT */
/*
 * Fills and extends the error record. It removes control characters from all
 * messages, because they may quote a device or a file.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <espflash/err.h>

#include "base/text.h"

/* Return the fault that a code implies. Only the rom layer can recognise a refusal. */
static struct ef_fault fault_of(enum ef_code code)
{
	struct ef_fault fault = { .kind = EF_FAULT_NONE };

	switch (code) {
	case EF_E_PORT:
		fault.kind = EF_FAULT_PORT_GONE;
		break;
	case EF_E_TIMEOUT:
		fault.kind = EF_FAULT_LOST;
		break;
	case EF_E_PROTOCOL:
		fault.kind = EF_FAULT_GARBLED;
		break;
	case EF_E_VERIFY:
		fault.kind = EF_FAULT_DIFFERS;
		break;
	case EF_E_NOT_DOWNLOAD:
	case EF_E_WIRING:
	case EF_E_NOISE:
	case EF_E_POWER:
		fault.kind = EF_FAULT_SILENT;
		break;
	default:
		break;
	}
	return fault;
}

static void clear_hint(struct ef_err *err)
{
	err->hint.id = EF_HINT_NONE;
	err->hint.number[0] = err->hint.number[1] = 0;
	err->hint.text[0] = '\0';
}

bool ef_vfail(struct ef_err *err, enum ef_code code, const char *fmt, va_list ap)
{
	assert(err->code == EF_OK && "an error was overwritten");
	assert(code != EF_OK);
	err->code = code;
	err->fault = fault_of(code);
	clear_hint(err);
	if (vsnprintf(err->msg, sizeof(err->msg), fmt, ap) < 0)
		err->msg[0] = '\0';
	ef_clean_text(err->msg);
	return false;
}

bool(ef_fail)(struct ef_err *err, enum ef_code code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	ef_vfail(err, code, fmt, ap);
	va_end(ap);
	return false;
}

bool(ef_context)(struct ef_err *err, const char *fmt, ...)
{
	char old[EF_ERR_MSG_SIZE];
	va_list ap;
	size_t len;

	assert(err->code != EF_OK && "context without an error");
	memcpy(old, err->msg, sizeof(old));
	va_start(ap, fmt);
	if (vsnprintf(err->msg, sizeof(err->msg), fmt, ap) < 0)
		err->msg[0] = '\0';
	va_end(ap);
	len = strlen(err->msg);
	(void)ef_snprintf(err->msg + len, sizeof(err->msg) - len, ": %s", old);
	ef_clean_text(err->msg);
	return false;
}

static void new_hint(struct ef_err *err, enum ef_hint_id id)
{
	assert(err->code != EF_OK && "hint without an error");
	clear_hint(err);
	err->hint.id = id;
}

bool(ef_hint_set)(struct ef_err *err, enum ef_hint_id id)
{
	new_hint(err, id);
	return false;
}

bool(ef_hint_text)(struct ef_err *err, enum ef_hint_id id, const char *text)
{
	new_hint(err, id);
	(void)ef_strlcpy(err->hint.text, sizeof(err->hint.text), text);
	ef_clean_text(err->hint.text);
	return false;
}

bool(ef_hint_numbers)(struct ef_err *err, enum ef_hint_id id, uint32_t first, uint32_t second)
{
	new_hint(err, id);
	err->hint.number[0] = first;
	err->hint.number[1] = second;
	return false;
}

bool(ef_hint_own)(struct ef_err *err, const char *fmt, ...)
{
	va_list ap;

	new_hint(err, EF_HINT_OWN);
	va_start(ap, fmt);
	if (vsnprintf(err->hint.text, sizeof(err->hint.text), fmt, ap) < 0)
		clear_hint(err);
	va_end(ap);
	ef_clean_text(err->hint.text);
	return false;
}

void ef_err_clear(struct ef_err *err)
{
	err->code = EF_OK;
	err->fault = (struct ef_fault){ .kind = EF_FAULT_NONE };
	err->msg[0] = '\0';
	clear_hint(err);
}

static const struct {
	const char *name, *meaning;
	int exit_status;
} codes[EF_CODE_COUNT] = {
	/* clang-format off */
	[EF_OK] = { "OK", "success", 0 },
#define X(name, exit_status, meaning) [EF_E_##name] = { #name, meaning, exit_status },
	EF_ERR_LIST(X)
#undef X
	/* clang-format on */
};

const char *ef_code_name(enum ef_code code)
{
	return (unsigned)code < EF_CODE_COUNT ? codes[code].name : "?";
}

const char *ef_code_meaning(enum ef_code code)
{
	return (unsigned)code < EF_CODE_COUNT ? codes[code].meaning : "?";
}

int ef_code_exit_status(enum ef_code code)
{
	return (unsigned)code < EF_CODE_COUNT ? codes[code].exit_status : 1;
}

static const struct {
	const char *name, *meaning;
} hints[EF_HINT_COUNT] = {
	/* clang-format off */
	[EF_HINT_NONE] = { "NONE", "" },
#define X(name, meaning) [EF_HINT_##name] = { #name, meaning },
	EF_HINT_LIST(X)
#undef X
	/* clang-format on */
};

const char *ef_hint_name(enum ef_hint_id id)
{
	return (unsigned)id < EF_HINT_COUNT ? hints[id].name : "?";
}

const char *ef_hint_meaning(enum ef_hint_id id)
{
	return (unsigned)id < EF_HINT_COUNT ? hints[id].meaning : "?";
}
