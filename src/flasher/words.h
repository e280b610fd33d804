/* SPDX-License-Identifier: MIT */
/* The registers behind the facts about a chip: each is read once, most of them together. */
#ifndef EF_FLASHER_WORDS_H
#define EF_FLASHER_WORDS_H

#include "flasher/flasher_priv.h"

/* Forget them all: another chip may answer, or an answer was wrong. */
void ef_words_forget(struct ef_flasher *f);
/*
 * Read registers from the record, or from the chip if the record lacks them. Only for registers
 * that can't change.
 */
struct ef_regs ef_words_regs(struct ef_flasher *f);

/* Derives facts in f->dev from registers; no other exchange, and no event. */
typedef bool ef_facts_fn(struct ef_flasher *f, const struct ef_regs *regs, struct ef_err *err);
/* Find out which registers these facts need, and read them into the record. */
bool ef_words_fetch(struct ef_flasher *f, ef_facts_fn *facts, struct ef_err *err) EF_MUST_CHECK;
/*
 * Read all of the record once more, last word first: if the answers are late by one request,
 * each word gets another neighbour's value than before. Each call begins with another word. *ret:
 * all agree; else all is forgotten.
 */
bool ef_words_confirm(struct ef_flasher *f, bool *ret, struct ef_err *err) EF_MUST_CHECK;
/*
 * Return whether the line has damaged something, so that a value without checksum needs a second
 * reading.
 */
bool ef_words_are_doubtful(const struct ef_flasher *f);

#endif
