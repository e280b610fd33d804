/* SPDX-License-Identifier: MIT */
/*
 * Reads the call frame information of DWARF 2 to 5 (DWARF 5, section 6.4) in
 * .debug_frame, and its variant for .eh_frame (LSB 10.6). The input is not
 * trusted: reads are bounded by the entry, offsets by the section.
 */
#include "base/bytes.h"
#include "symbols/cfi.h"

#define REMEMBER_MAX 4u

/* Augmentation "zR": how addresses are written (LSB 10.5.1). */
enum { PE_ABSPTR = 0, PE_UDATA2 = 2, PE_UDATA4 = 3, PE_SDATA2 = 0xa, PE_SDATA4 = 0xb };
enum { PE_PCREL = 0x10 };

enum {
	CFA_ADVANCE_LOC = 0x40, /* upper two bits; the lower six are the operand */
	CFA_OFFSET = 0x80,
	CFA_RESTORE = 0xc0,
	CFA_NOP = 0,
	CFA_SET_LOC,
	CFA_ADVANCE_LOC1,
	CFA_ADVANCE_LOC2,
	CFA_ADVANCE_LOC4,
	CFA_OFFSET_EXTENDED,
	CFA_RESTORE_EXTENDED,
	CFA_UNDEFINED,
	CFA_SAME_VALUE,
	CFA_REGISTER,
	CFA_REMEMBER_STATE,
	CFA_RESTORE_STATE,
	CFA_DEF_CFA,
	CFA_DEF_CFA_REGISTER,
	CFA_DEF_CFA_OFFSET,
	CFA_DEF_CFA_EXPRESSION,
	CFA_EXPRESSION,
	CFA_OFFSET_EXTENDED_SF,
	CFA_DEF_CFA_SF,
	CFA_DEF_CFA_OFFSET_SF,
	CFA_VAL_OFFSET,
	CFA_VAL_OFFSET_SF,
	CFA_VAL_EXPRESSION,
	CFA_GNU_ARGS_SIZE = 0x2e,
};

struct section {
	const uint8_t *data;
	uint32_t len, addr;
	bool is_eh;
};

struct cie {
	struct ef_rd initial; /* its instructions */
	uint32_t code_align;
	int32_t data_align;
	uint32_t return_reg;
	uint8_t encoding;
	bool has_lengths; /* augmentation 'z': augmentation data has a length */
	bool is_signal;
};

uint32_t ef_cfi_leb(struct ef_rd *r, bool is_signed)
{
	uint32_t value = 0;
	unsigned shift = 0;
	uint8_t byte;

	do {
		byte = ef_rd_u8(r);
		if (shift < 32)
			value |= (uint32_t)(byte & 0x7f) << shift;
		shift += 7;
	} while ((byte & 0x80) && !r->bad);
	if (is_signed && shift < 32 && (byte & 0x40))
		value |= ~UINT32_C(0) << shift;
	return value;
}

static uint32_t uleb(struct ef_rd *r)
{
	return ef_cfi_leb(r, false);
}

static int32_t sleb(struct ef_rd *r)
{
	return (int32_t)ef_cfi_leb(r, true);
}

/* Hostile factors may wrap. The product is then a wrong offset like any other. */
static int32_t scaled(int32_t a, int32_t b)
{
	return (int32_t)((uint32_t)a * (uint32_t)b);
}

static uint32_t offset_of(const struct section *s, const struct ef_rd *r)
{
	return (uint32_t)(r->p - s->data);
}

/* Read an encoded address. Sets bad for encodings that 32-bit linkers don't use. */
static uint32_t encoded(const struct section *s, struct ef_rd *r, uint8_t encoding)
{
	uint32_t at = s->addr + offset_of(s, r), value;

	switch (encoding & 0x0f) {
	case PE_ABSPTR:
	case PE_UDATA4:
	case PE_SDATA4:
		value = ef_rd_le32(r);
		break;
	case PE_UDATA2:
		value = ef_rd_le16(r);
		break;
	case PE_SDATA2:
		value = (uint32_t)(int32_t)(int16_t)ef_rd_le16(r);
		break;
	default:
		r->bad = true;
		return 0;
	}
	if ((encoding & 0xf0) == PE_PCREL)
		return value + at;
	if ((encoding & 0xf0) != 0)
		r->bad = true;
	return value;
}

/* ---- entries ---- */

/* Read the entry at *off, without its length field, and move *off past it. False at the end. */
static bool next_entry(const struct section *s, uint32_t *off, struct ef_rd *ret)
{
	uint32_t len;

	if (!ef_range_ok(*off, 4, s->len))
		return false;
	len = ef_le32(s->data + *off);
	*off += 4;
	/* A length of all ones means 64-bit DWARF, which ends here. Zero ends .eh_frame. */
	if (!ef_range_ok(*off, len, s->len) || (len == 0 && s->is_eh))
		return false;
	*ret = ef_rd_init(s->data + *off, len);
	*off += len;
	return true;
}

static bool augmentation(const struct section *s, struct ef_rd *r, const char *text,
			 struct cie *ret)
{
	struct ef_rd data;
	uint32_t len;

	if (text[0] == '\0')
		return true;
	if (text[0] != 'z') /* "eh" (GCC 2) and others have another layout */
		return false;
	len = uleb(r);
	if (r->bad || len > r->left)
		return false;
	data = ef_rd_init(r->p, len);
	ef_rd_skip(r, len);
	ret->has_lengths = true;
	for (text++; *text != '\0' && !data.bad; text++) {
		if (*text == 'R')
			ret->encoding = ef_rd_u8(&data);
		else if (*text == 'L')
			ef_rd_skip(&data, 1);
		else if (*text == 'P') {
			uint8_t encoding = ef_rd_u8(&data);

			(void)encoded(s, &data, encoding & 0x7f);
		} else if (*text == 'S')
			ret->is_signal = true;
		else
			break;
	}
	return !data.bad;
}

static bool read_cie(const struct section *s, uint32_t off, struct cie *ret)
{
	const uint8_t *text, *end;
	struct ef_rd r;
	uint8_t version;

	*ret = (struct cie){ .encoding = PE_ABSPTR };
	if (!next_entry(s, &off, &r) || ef_rd_le32(&r) != (s->is_eh ? 0 : UINT32_MAX))
		return false;
	version = ef_rd_u8(&r);
	if (version != 1 && version != 3 && version != 4)
		return false;
	/* No augmentation is longer. Every function looks at its CIE, so the search stays short. */
	end = r.left ? memchr(r.p, '\0', r.left < 16 ? r.left : 16) : NULL;
	if (end == NULL)
		return false;
	text = r.p;
	ef_rd_skip(&r, (size_t)(end - r.p) + 1);
	/* address_size 4, segment_selector_size 0 */
	if (version == 4 && ef_rd_le16(&r) != 0x0004)
		return false;
	ret->code_align = uleb(&r);
	ret->data_align = sleb(&r);
	ret->return_reg = version == 1 ? ef_rd_u8(&r) : uleb(&r);
	if (!augmentation(s, &r, (const char *)text, ret))
		return false;
	ret->initial = r;
	return !r.bad && ret->return_reg < EF_CFI_REGS;
}

/* Return whether the entry is an FDE that covers pc. If so, r is at its instructions. */
static bool is_about(const struct section *s, struct ef_rd *r, uint32_t pc, uint32_t *ret_low,
		     struct cie *cie)
{
	uint32_t at = offset_of(s, r), id = ef_rd_le32(r), low, len;

	if (r->bad || id == (s->is_eh ? 0 : UINT32_MAX))
		return false;
	if (s->is_eh && id > at)
		return false;
	if (!read_cie(s, s->is_eh ? at - id : id, cie))
		return false;
	low = encoded(s, r, cie->encoding);
	len = encoded(s, r, cie->encoding & 0x0f);
	if (cie->has_lengths)
		ef_rd_skip(r, uleb(r));
	*ret_low = low;
	return !r->bad && pc >= low && pc - low < len;
}

/* ---- instructions ---- */

struct machine {
	const struct section *section;
	const struct cie *cie;
	struct ef_cfi_row *row;
	const struct ef_cfi_row *initial;
	struct ef_cfi_row saved[REMEMBER_MAX];
	unsigned saved_count;
	uint32_t loc;
	bool bad;
};

/* Set a register's rule. Rules for floating-point registers are ignored. */
static void set_rule(struct machine *m, uint32_t reg, enum ef_cfi_kind kind, int32_t value)
{
	if (reg < EF_CFI_REGS)
		m->row->reg[reg] = (struct ef_cfi_rule){ .kind = (uint8_t)kind, .value = value };
}

static struct ef_cfi_rule expression(struct machine *m, struct ef_rd *r, enum ef_cfi_kind kind)
{
	struct ef_cfi_rule rule = { .kind = (uint8_t)kind };

	rule.expr_len = uleb(r);
	rule.expr = offset_of(m->section, r);
	ef_rd_skip(r, rule.expr_len);
	return rule;
}

static void set_expression(struct machine *m, struct ef_rd *r, enum ef_cfi_kind kind)
{
	uint32_t reg = uleb(r);
	struct ef_cfi_rule rule = expression(m, r, kind);

	if (reg < EF_CFI_REGS)
		m->row->reg[reg] = rule;
}

static void set_cfa(struct machine *m, uint32_t reg, int32_t value)
{
	m->bad |= reg >= EF_CFI_REGS;
	m->row->cfa = (struct ef_cfi_rule){ .kind = EF_CFI_REGISTER,
					    .reg = (uint8_t)(reg % EF_CFI_REGS),
					    .value = value };
}

static void restore(struct machine *m, uint32_t reg)
{
	/* Only an FDE can restore: it goes back to the rules of its CIE. */
	if (m->initial == NULL)
		m->bad = true;
	else if (reg < EF_CFI_REGS)
		m->row->reg[reg] = m->initial->reg[reg];
}

static void remember(struct machine *m, bool is_back)
{
	if (is_back ? m->saved_count == 0 : m->saved_count == REMEMBER_MAX)
		m->bad = true;
	else if (is_back)
		*m->row = m->saved[--m->saved_count];
	else
		m->saved[m->saved_count++] = *m->row;
}

static void cfa_instruction(struct machine *m, struct ef_rd *r, uint8_t op)
{
	int32_t data = m->cie->data_align;
	uint32_t reg;

	switch (op) {
	case CFA_DEF_CFA:
		reg = uleb(r);
		set_cfa(m, reg, (int32_t)uleb(r));
		break;
	case CFA_DEF_CFA_SF:
		reg = uleb(r);
		set_cfa(m, reg, scaled(sleb(r), data));
		break;
	case CFA_DEF_CFA_REGISTER:
		set_cfa(m, uleb(r), m->row->cfa.value);
		break;
	case CFA_DEF_CFA_OFFSET:
		set_cfa(m, m->row->cfa.reg, (int32_t)uleb(r));
		break;
	case CFA_DEF_CFA_OFFSET_SF:
		set_cfa(m, m->row->cfa.reg, scaled(sleb(r), data));
		break;
	case CFA_DEF_CFA_EXPRESSION:
		m->row->cfa = expression(m, r, EF_CFI_EXPR);
		break;
	default: /* the length of an unknown instruction is unknown, too */
		m->bad = true;
		break;
	}
}

static void instruction(struct machine *m, struct ef_rd *r, uint8_t op)
{
	int32_t data = m->cie->data_align;
	uint32_t reg;

	switch (op) {
	case CFA_NOP:
		break;
	case CFA_OFFSET_EXTENDED:
		reg = uleb(r);
		set_rule(m, reg, EF_CFI_AT, scaled((int32_t)uleb(r), data));
		break;
	case CFA_OFFSET_EXTENDED_SF:
		reg = uleb(r);
		set_rule(m, reg, EF_CFI_AT, scaled(sleb(r), data));
		break;
	case CFA_VAL_OFFSET:
		reg = uleb(r);
		set_rule(m, reg, EF_CFI_IS, scaled((int32_t)uleb(r), data));
		break;
	case CFA_VAL_OFFSET_SF:
		reg = uleb(r);
		set_rule(m, reg, EF_CFI_IS, scaled(sleb(r), data));
		break;
	case CFA_RESTORE_EXTENDED:
		restore(m, uleb(r));
		break;
	case CFA_UNDEFINED:
		set_rule(m, uleb(r), EF_CFI_UNDEFINED, 0);
		break;
	case CFA_SAME_VALUE:
		set_rule(m, uleb(r), EF_CFI_SAME, 0);
		break;
	case CFA_REGISTER:
		reg = uleb(r);
		set_rule(m, reg, EF_CFI_REGISTER, (int32_t)(uleb(r) & 0xff));
		break;
	case CFA_EXPRESSION:
		set_expression(m, r, EF_CFI_EXPR_AT);
		break;
	case CFA_VAL_EXPRESSION:
		set_expression(m, r, EF_CFI_EXPR);
		break;
	case CFA_REMEMBER_STATE:
		remember(m, false);
		break;
	case CFA_RESTORE_STATE:
		remember(m, true);
		break;
	case CFA_GNU_ARGS_SIZE:
		(void)uleb(r);
		break;
	default:
		cfa_instruction(m, r, op);
		break;
	}
}

/* Run an instruction that moves the location. False: op is none of these. */
static bool advance(struct machine *m, struct ef_rd *r, uint8_t op)
{
	uint32_t delta;

	switch (op) {
	case CFA_SET_LOC:
		m->loc = encoded(m->section, r, m->cie->encoding);
		return true;
	case CFA_ADVANCE_LOC1:
		delta = ef_rd_u8(r);
		break;
	case CFA_ADVANCE_LOC2:
		delta = ef_rd_le16(r);
		break;
	case CFA_ADVANCE_LOC4:
		delta = ef_rd_le32(r);
		break;
	default:
		if ((op & 0xc0) != CFA_ADVANCE_LOC)
			return false;
		delta = op & 0x3f;
		break;
	}
	m->loc += delta * m->cie->code_align;
	return true;
}

/* Run the instructions up to the row for pc. */
static bool run(struct machine *m, struct ef_rd r, uint32_t pc)
{
	while (r.left > 0 && !r.bad && !m->bad) {
		uint8_t op = ef_rd_u8(&r);

		if (advance(m, &r, op)) {
			if (m->loc > pc)
				break;
		} else if ((op & 0xc0) == CFA_OFFSET)
			set_rule(m, op & 0x3f, EF_CFI_AT,
				 scaled((int32_t)uleb(&r), m->cie->data_align));
		else if ((op & 0xc0) == CFA_RESTORE)
			restore(m, op & 0x3f);
		else
			instruction(m, &r, op);
	}
	return !r.bad && !m->bad;
}

static enum ef_cfi_result find_in(const struct section *s, uint32_t pc, struct ef_cfi_row *ret)
{
	struct ef_cfi_row initial;
	uint32_t off = 0, low = 0;
	struct ef_rd r;
	struct cie cie;

	while (next_entry(s, &off, &r)) {
		struct machine m = { .section = s, .cie = &cie, .row = ret };

		if (!is_about(s, &r, pc, &low, &cie))
			continue;
		*ret = (struct ef_cfi_row){ .section = s->data,
					    .return_reg = (uint8_t)cie.return_reg,
					    .is_signal = cie.is_signal };
		m.loc = low;
		if (!run(&m, cie.initial, UINT32_MAX))
			return EF_CFI_BAD;
		initial = *ret;
		m.initial = &initial;
		m.loc = low;
		return run(&m, r, pc) ? EF_CFI_OK : EF_CFI_BAD;
	}
	return EF_CFI_NONE;
}

enum ef_cfi_result ef_cfi_find(const struct ef_elf *elf, uint32_t pc, struct ef_cfi_row *ret)
{
	static const char *const name[] = { ".debug_frame", ".eh_frame" };
	enum ef_cfi_result result = EF_CFI_NONE;

	for (size_t i = 0; i < EF_ARRAY_LEN(name) && result == EF_CFI_NONE; i++) {
		const struct ef_elf_section *s = ef_elf_section(elf, name[i]);
		struct section section;

		/* 0x800: SHF_COMPRESSED */
		if (s == NULL || s->data == NULL || (s->flags & 0x800))
			continue;
		section = (struct section){ s->data, s->size, s->addr, i == 1 };
		result = find_in(&section, pc, ret);
	}
	return result;
}
