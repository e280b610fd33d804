/* SPDX-License-Identifier: MIT */
/*
 * Reads the registers behind the facts about a chip, mostly words of eFuse. Facts share them, so
 * each is requested once. To learn which registers a chip's facts need, the facts are derived from
 * zeros first. All registers can then be requested together.
 */
#include "flasher/words.h"
#include "flasher/session.h"

static bool find(const struct ef_words *w, uint32_t addr, uint32_t *ret)
{
	for (size_t i = 0; i < w->count; i++) {
		if (w->word[i].addr == addr) {
			*ret = w->word[i].value;
			return true;
		}
	}
	return false;
}

static void add(struct ef_words *w, uint32_t addr, uint32_t value)
{
	if (w->count == EF_WORDS_MAX)
		return;
	w->word[w->count].addr = addr;
	w->word[w->count++].value = value;
	w->is_confirmed = false;
}

void ef_words_forget(struct ef_flasher *f)
{
	f->record.words.count = 0;
	f->record.words.is_confirmed = false;
}

static bool read_once(void *ctx, uint32_t addr, uint32_t *ret, struct ef_err *err)
{
	struct ef_flasher *f = ctx;
	const struct ef_regs regs = ef_flasher_regs(f);

	if (find(&f->record.words, addr, ret))
		return true;
	if (!regs.read(regs.ctx, addr, ret, err))
		return false;
	add(&f->record.words, addr, *ret);
	return true;
}

struct ef_regs ef_words_regs(struct ef_flasher *f)
{
	return (struct ef_regs){ .ctx = f, .read = read_once };
}

/* ---- which registers ---- */

struct wanted {
	const struct ef_words *known;
	uint32_t addr[EF_WORDS_MAX];
	size_t count;
};

static bool want(void *ctx, uint32_t addr, uint32_t *ret, struct ef_err *err)
{
	struct wanted *w = ctx;

	(void)err;
	*ret = 0;
	if (find(w->known, addr, ret))
		return true;
	for (size_t i = 0; i < w->count; i++)
		if (w->addr[i] == addr)
			return true;
	if (w->count < EF_WORDS_MAX)
		w->addr[w->count++] = addr;
	return true;
}

bool ef_words_fetch(struct ef_flasher *f, ef_facts_fn *facts, struct ef_err *err)
{
	const struct ef_device was = f->dev;
	struct wanted w = { .known = &f->record.words };
	const struct ef_regs regs = { .ctx = &w, .read = want };
	uint32_t value[EF_WORDS_MAX];
	bool ok = facts(f, &regs, err);

	f->dev = was;
	if (!ok || !ef_session_read_regs(f, w.addr, w.count, value, err))
		return false;
	for (size_t i = 0; i < w.count; i++)
		add(&f->record.words, w.addr[i], value[i]);
	return true;
}

/* ---- once more ---- */

/*
 * Last word first, and each time from another word on: if damage comes periodically, as from a
 * timer of the host, it would otherwise hit the same word in each reading.
 */
static size_t place(const struct ef_words *w, size_t i, size_t shift)
{
	return (w->count - 1 - i + shift) % w->count;
}

/* Read all words once more, from this one on, in reverse order. *ret: none has changed. */
static bool compare(struct ef_flasher *f, size_t shift, bool *ret, struct ef_err *err)
{
	const struct ef_words *w = &f->record.words;
	uint32_t addr[EF_WORDS_MAX], value[EF_WORDS_MAX];

	for (size_t i = 0; i < w->count; i++)
		addr[i] = w->word[place(w, i, shift)].addr;
	if (!ef_session_read_regs(f, addr, w->count, value, err))
		return false;
	*ret = true;
	for (size_t i = 0; i < w->count; i++)
		*ret = *ret && value[i] == w->word[place(w, i, shift)].value;
	return true;
}

/*
 * A damaged request reads another register, and most registers are zero. So where the line has
 * damaged something, two zeros that agree prove little, and each is read twice more. *ret becomes
 * false if one of them is not zero any more.
 */
static bool confirm_zeros(struct ef_flasher *f, bool *ret, struct ef_err *err)
{
	const struct ef_words *w = &f->record.words;
	uint32_t addr[EF_WORDS_MAX], value[EF_WORDS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < w->count; i++)
		if (w->word[i].value == 0)
			addr[n++] = w->word[i].addr;
	for (unsigned reading = 0; n && *ret && reading < 2; reading++) {
		if (!ef_session_read_regs(f, addr, n, value, err))
			return false;
		for (size_t i = 0; i < n; i++)
			*ret = *ret && value[i] == 0;
	}
	return true;
}

/* A ROM and a stub answer each SYNC eight times, so one that lost answers shows damage, too. */
bool ef_words_are_doubtful(const struct ef_flasher *f)
{
	return f->recovery.damages || f->rom.short_syncs;
}

bool ef_words_confirm(struct ef_flasher *f, bool *ret, struct ef_err *err)
{
	struct ef_words *w = &f->record.words;
	/* with two words, another start would undo the other order */
	size_t shift = w->count > 2 ? ++w->confirmations : 0;

	*ret = true;
	if (w->count && !compare(f, shift, ret, err))
		return false;
	if (*ret && ef_words_are_doubtful(f) && !confirm_zeros(f, ret, err))
		return false;
	if (!*ret)
		ef_words_forget(f);
	w->is_confirmed = *ret;
	return true;
}
