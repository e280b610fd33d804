/* SPDX-License-Identifier: MIT */
/* Writes the report of a connection as JSON. */
#include "cli/ui/connect_json.h"

#include "base/util.h"

void attempts_json(struct json_out *j, const struct ef_evidence *ev)
{
	json_begin_array(j, "attempts");
	for (unsigned i = 0; i < ev->attempts; i++) {
		const struct ef_attempt *a = &ev->attempt[i];
		char head[2 * EF_ATTEMPT_HEAD + 1];

		json_begin_object(j, NULL);
		json_text(j, "strategy", a->strategy[0] ? a->strategy : NULL);
		json_number(j, "baud", a->rate_hz);
		json_number(j, "start_ms", a->start_us / 1000);
		json_number(j, "took_ms", a->took_us / 1000);
		json_number(j, "syncs", a->syncs);
		json_number(j, "bytes", a->bytes);
		if (a->first_us)
			json_number(j, "first_byte_ms", a->first_us / 1000);
		else
			json_null(j, "first_byte_ms");
		json_text(j, "seen", a->bytes ? ef_verdict_info(a->seen)->name : NULL);
		ef_hex(head, a->head, a->head_len);
		json_text(j, "first_bytes", head);
		json_end(j);
	}
	json_end(j);
}

void diagnosis_json(struct json_out *j, const struct ef_connect_report *r)
{
	char quote[EF_QUOTE_SIZE], meaning[EF_MEANING_SIZE];

	if (!r || r->verdict == EF_VERDICT_NONE)
		return;
	json_text(j, "verdict", ef_verdict_info(r->verdict)->name);
	/* These verdicts are about a connected chip, so the attempts are not evidence for them. */
	if (r->verdict >= EF_VERDICT_STUB_REFUSED)
		return;
	ef_diagnose_quote(&r->evidence, quote, meaning);
	json_text(j, "evidence", quote[0] ? quote : NULL);
	json_text(j, "meaning", meaning[0] ? meaning : NULL);
	json_number(j, "resets", r->evidence.resets);
	json_number(j, "syncs", r->evidence.syncs);
	attempts_json(j, &r->evidence);
}
