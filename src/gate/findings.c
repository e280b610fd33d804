/* SPDX-License-Identifier: MIT */
/* Keeps the findings of one check, and writes the beginnings of their sentences. */
#include <stdio.h>
#include <string.h>

#include "gate/gate.h"

static const struct {
	const char *name;
	bool refuses;
	enum ef_code code;
} kinds[EF_FINDING_COUNT] = {
#define KIND(name, refuses, code, meaning) [EF_FINDING_##name] = { #name, refuses, EF_E_##code },
	EF_FINDING_LIST(KIND)
#undef KIND
};

const char *ef_finding_name(enum ef_finding_id id)
{
	return (unsigned)id < EF_FINDING_COUNT ? kinds[id].name : "?";
}

bool ef_finding_is_final(enum ef_finding_id id)
{
	return id == EF_FINDING_REACH || id == EF_FINDING_CANNOT_ENCRYPT;
}

static struct ef_finding *add(struct gate *g, enum ef_finding_id id,
			      const struct ef_plan_region *region, uint32_t addr, const char *text)
{
	struct ef_findings *all = g->ret;
	struct ef_finding *f = &g->spare;

	if (all->count < EF_FINDINGS_MAX)
		f = &all->v[all->count++];
	else
		all->left_out++;
	*f = (struct ef_finding){ .id = id,
				  .is_refusal = kinds[id].refuses,
				  .region = region,
				  .addr = addr,
				  .err = EF_ERR_INIT };
	ef_fail(&f->err, kinds[id].code, "%s", text);
	return f;
}

static const char *name_of(const struct ef_plan_region *r)
{
	return r->origin ? r->origin : r->region.label;
}

struct ef_finding *gate_add(struct gate *g, enum ef_finding_id id, const struct spot *spot,
			    const char *fmt, ...)
{
	char text[EF_ERR_MSG_SIZE];
	va_list ap;
	size_t n;

	(void)snprintf(text, sizeof(text), "'%.200s' at 0x%08x", name_of(spot->region), spot->addr);
	n = strlen(text);
	va_start(ap, fmt);
	(void)vsnprintf(text + n, sizeof(text) - n, fmt, ap);
	va_end(ap);
	return add(g, id, spot->region, spot->addr, text);
}

struct ef_finding *gate_add_erase(struct gate *g, enum ef_finding_id id, uint32_t addr,
				  const char *fmt, ...)
{
	char text[EF_ERR_MSG_SIZE];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return add(g, id, NULL, addr, text);
}

void gate_hint(struct ef_finding *f, enum ef_hint_id hint)
{
	bool has_file = f->region && strstr(ef_hint_meaning(hint), "text");

	ef_hint_text(&f->err, hint, has_file ? name_of(f->region) : "");
}

void gate_hint_number(struct ef_finding *f, enum ef_hint_id hint, uint32_t number)
{
	gate_hint(f, hint);
	f->err.hint.number[0] = number;
}

void gate_sort(struct ef_findings *f)
{
	for (size_t i = 1; i < f->count; i++) {
		struct ef_finding moved = f->v[i];
		size_t at = i;

		for (; at > 0 && moved.is_refusal && !f->v[at - 1].is_refusal; at--)
			f->v[at] = f->v[at - 1];
		f->v[at] = moved;
	}
}
