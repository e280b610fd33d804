/* SPDX-License-Identifier: MIT */
/*
 * Steps from a RISC-V frame to its caller's. It applies the rules of the call frame information to
 * the dumped registers and stack, and guesses nothing.
 */
#include "base/bytes.h"
#include "symbols/unwind.h"

#define EXPR_STACK 16u
#define EXPR_STEPS 256u

/* DWARF 5, section 7.7.1: the operations that compilers use in frame information. */
enum {
	OP_DEREF = 0x06,
	OP_CONST1U = 0x08,
	OP_CONST1S,
	OP_CONST2U,
	OP_CONST2S,
	OP_CONST4U,
	OP_CONST4S,
	OP_CONSTU = 0x10,
	OP_CONSTS,
	OP_DUP,
	OP_DROP,
	OP_SWAP = 0x16,
	OP_AND = 0x1a,
	OP_MINUS = 0x1c,
	OP_MUL = 0x1e,
	OP_NEG,
	OP_NOT,
	OP_OR,
	OP_PLUS,
	OP_PLUS_UCONST,
	OP_SHL,
	OP_LIT0 = 0x30,
	OP_LIT31 = 0x4f,
	OP_BREG0 = 0x70,
	OP_BREG31 = 0x8f,
};

/* A function leaves these unchanged without a rule (RISC-V psABI): ra, gp, tp, s0 to s11. */
#define KEPT_BY_CALLS (1u << 1 | 1u << 3 | 1u << 4 | 1u << 8 | 1u << 9 | 0x3ffu << 18)

struct eval {
	const struct ef_unwind_memory *memory;
	const struct ef_unwind_state *state;
	uint32_t stack[EXPR_STACK];
	size_t depth;
	enum ef_unwind_result result;
};

static enum ef_unwind_result load(const struct ef_unwind_memory *m, uint32_t addr, uint32_t *ret)
{
	if (addr < m->addr || !ef_range_ok_size(addr - m->addr, 4, m->len))
		return EF_UNWIND_OUTSIDE;
	*ret = ef_le32(m->data + (addr - m->addr));
	return EF_UNWIND_OK;
}

static enum ef_unwind_result get_reg(const struct ef_unwind_state *s, uint32_t reg, uint32_t *ret)
{
	if (reg == 0) {
		*ret = 0;
		return EF_UNWIND_OK;
	}
	if (reg >= EF_CFI_REGS)
		return EF_UNWIND_BAD_CFI;
	if (!(s->known & 1u << reg))
		return EF_UNWIND_UNKNOWN;
	*ret = s->reg[reg];
	return EF_UNWIND_OK;
}

/* ---- expressions ---- */

static void push(struct eval *e, uint32_t value)
{
	if (e->depth == EXPR_STACK)
		e->result = EF_UNWIND_BAD_CFI;
	else
		e->stack[e->depth++] = value;
}

static uint32_t pop(struct eval *e)
{
	if (e->depth == 0) {
		e->result = EF_UNWIND_BAD_CFI;
		return 0;
	}
	return e->stack[--e->depth];
}

static void push_reg(struct eval *e, uint32_t reg, uint32_t offset)
{
	uint32_t value = 0;

	e->result = get_reg(e->state, reg, &value);
	push(e, value + offset);
}

static void dereference(struct eval *e)
{
	uint32_t value = 0, addr = pop(e);

	if (e->result == EF_UNWIND_OK)
		e->result = load(e->memory, addr, &value);
	push(e, value);
}

static void two_operands(struct eval *e, uint8_t op)
{
	uint32_t b = pop(e), a = pop(e);

	switch (op) {
	case OP_SWAP:
		push(e, b);
		push(e, a);
		break;
	case OP_AND:
		push(e, a & b);
		break;
	case OP_MINUS:
		push(e, a - b);
		break;
	case OP_MUL:
		push(e, a * b);
		break;
	case OP_OR:
		push(e, a | b);
		break;
	case OP_PLUS:
		push(e, a + b);
		break;
	case OP_SHL:
		push(e, b < 32 ? a << b : 0);
		break;
	default:
		e->result = EF_UNWIND_BAD_CFI;
		break;
	}
}

static bool constant(struct ef_rd *r, uint8_t op, uint32_t *ret)
{
	switch (op) {
	case OP_CONST1U:
		*ret = ef_rd_u8(r);
		return true;
	case OP_CONST1S:
		*ret = (uint32_t)(int32_t)(int8_t)ef_rd_u8(r);
		return true;
	case OP_CONST2U:
		*ret = ef_rd_le16(r);
		return true;
	case OP_CONST2S:
		*ret = (uint32_t)(int32_t)(int16_t)ef_rd_le16(r);
		return true;
	case OP_CONST4U:
	case OP_CONST4S:
		*ret = ef_rd_le32(r);
		return true;
	case OP_CONSTU:
	case OP_CONSTS:
		*ret = ef_cfi_leb(r, op == OP_CONSTS);
		return true;
	default:
		if (op < OP_LIT0 || op > OP_LIT31)
			return false;
		*ret = op - (uint32_t)OP_LIT0;
		return true;
	}
}

static void operation(struct eval *e, struct ef_rd *r, uint8_t op)
{
	uint32_t value;

	if (constant(r, op, &value)) {
		push(e, value);
		return;
	}
	if (op >= OP_BREG0 && op <= OP_BREG31) {
		push_reg(e, op - (uint32_t)OP_BREG0, ef_cfi_leb(r, true));
		return;
	}
	switch (op) {
	case OP_DEREF:
		dereference(e);
		break;
	case OP_DUP:
		value = pop(e);
		push(e, value);
		push(e, value);
		break;
	case OP_DROP:
		(void)pop(e);
		break;
	case OP_NEG:
		push(e, 0 - pop(e));
		break;
	case OP_NOT:
		push(e, ~pop(e));
		break;
	case OP_PLUS_UCONST:
		push(e, pop(e) + ef_cfi_leb(r, false));
		break;
	default:
		two_operands(e, op);
		break;
	}
}

static enum ef_unwind_result evaluate(struct eval *e, const struct ef_cfi_row *row,
				      const struct ef_cfi_rule *rule, uint32_t *ret)
{
	struct ef_rd r = ef_rd_init(row->section + rule->expr, rule->expr_len);

	for (unsigned step = 0; r.left > 0; step++) {
		if (step == EXPR_STEPS)
			return EF_UNWIND_BAD_CFI;
		operation(e, &r, ef_rd_u8(&r));
		if (e->result != EF_UNWIND_OK)
			return e->result;
	}
	if (r.bad)
		return EF_UNWIND_BAD_CFI;
	*ret = pop(e);
	return e->result;
}

/* ---- a frame ---- */

struct frame {
	const struct ef_unwind_memory *memory;
	const struct ef_unwind_state *state;
	const struct ef_cfi_row *row;
	uint32_t cfa;
};

static enum ef_unwind_result expression(const struct frame *f, const struct ef_cfi_rule *rule,
					bool has_cfa, uint32_t *ret)
{
	struct eval e = { .memory = f->memory, .state = f->state, .result = EF_UNWIND_OK };

	if (has_cfa) /* DWARF 5, 6.4.2.3: the CFA is pushed first */
		push(&e, f->cfa);
	return evaluate(&e, f->row, rule, ret);
}

static enum ef_unwind_result find_cfa(struct frame *f)
{
	const struct ef_cfi_rule *rule = &f->row->cfa;
	enum ef_unwind_result result;

	if (rule->kind == EF_CFI_EXPR)
		return expression(f, rule, false, &f->cfa);
	if (rule->kind != EF_CFI_REGISTER)
		return EF_UNWIND_BAD_CFI;
	result = get_reg(f->state, rule->reg, &f->cfa);
	f->cfa += (uint32_t)rule->value;
	return result;
}

static enum ef_unwind_result find_reg(const struct frame *f, uint32_t reg, uint32_t *ret)
{
	const struct ef_cfi_rule *rule = &f->row->reg[reg];
	enum ef_unwind_result result;

	switch (rule->kind) {
	case EF_CFI_SAME:
		return get_reg(f->state, reg, ret);
	case EF_CFI_AT:
		return load(f->memory, f->cfa + (uint32_t)rule->value, ret);
	case EF_CFI_IS:
		*ret = f->cfa + (uint32_t)rule->value;
		return EF_UNWIND_OK;
	case EF_CFI_REGISTER:
		return get_reg(f->state, (uint32_t)rule->value, ret);
	case EF_CFI_EXPR:
		return expression(f, rule, true, ret);
	case EF_CFI_EXPR_AT:
		result = expression(f, rule, true, ret);
		return result == EF_UNWIND_OK ? load(f->memory, *ret, ret) : result;
	case EF_CFI_UNSPECIFIED:
		if (reg == EF_RISCV_SP) {
			*ret = f->cfa;
			return EF_UNWIND_OK;
		}
		/* Outlined code and -msave-restore keep the return address in t0. */
		if ((KEPT_BY_CALLS & 1u << reg) || reg == f->row->return_reg)
			return get_reg(f->state, reg, ret);
		return EF_UNWIND_UNKNOWN;
	default: /* EF_CFI_UNDEFINED */
		return EF_UNWIND_UNKNOWN;
	}
}

/*
 * A function without a rule for its return address has it in the register, but only until
 * it calls another one. Functions that never return (Rust's panic_fmt, abort) save it
 * nowhere, and the register then has an address in the function itself.
 */
static bool is_return_lost(const struct frame *f)
{
	uint8_t kind = f->row->reg[f->row->return_reg].kind;

	return f->state->is_return && (kind == EF_CFI_UNSPECIFIED || kind == EF_CFI_SAME);
}

/* Restore the caller's registers. One that cannot be restored is unknown, which is not an error. */
static enum ef_unwind_result take_down(const struct frame *f, struct ef_unwind_state *ret)
{
	enum ef_unwind_result result;
	uint32_t ra = 0;

	if (f->row->reg[f->row->return_reg].kind == EF_CFI_UNDEFINED)
		return EF_UNWIND_END;
	if (is_return_lost(f))
		return EF_UNWIND_NO_RETURN;
	result = find_reg(f, f->row->return_reg, &ra);
	if (result != EF_UNWIND_OK)
		return result;
	*ret = (struct ef_unwind_state){ .pc = ra, .is_return = !f->row->is_signal };
	for (uint32_t reg = 1; reg < EF_CFI_REGS; reg++)
		if (find_reg(f, reg, &ret->reg[reg]) == EF_UNWIND_OK)
			ret->known |= 1u << reg;
	return EF_UNWIND_OK;
}

/*
 * The chip jumped to an address without code, for example through a bad
 * function pointer. Such a call has no frame yet, and ra still holds its
 * return address.
 */
static enum ef_unwind_result step_back(const struct ef_symbols *s, struct ef_unwind_state *state)
{
	uint32_t ra = 0;

	if (state->is_return || get_reg(state, EF_RISCV_RA, &ra) != EF_UNWIND_OK || ra == 0 ||
	    ef_symbols_code_at(s, ra - 1) == NULL)
		return EF_UNWIND_NO_CODE;
	state->pc = ra;
	state->is_return = true;
	return EF_UNWIND_OK;
}

enum ef_unwind_result ef_unwind_step(const struct ef_symbols *s,
				     const struct ef_unwind_memory *memory,
				     struct ef_unwind_state *state)
{
	const struct ef_elf *elf = ef_symbols_code_at(s, ef_unwind_lookup(state));
	struct ef_unwind_state caller;
	enum ef_unwind_result result;
	struct ef_cfi_row row;
	struct frame f = { .memory = memory, .state = state, .row = &row };

	if (elf == NULL)
		return step_back(s, state);
	switch (ef_cfi_find(elf, ef_unwind_lookup(state), &row)) {
	case EF_CFI_NONE:
		return EF_UNWIND_NO_CFI;
	case EF_CFI_BAD:
		return EF_UNWIND_BAD_CFI;
	default:
		break;
	}
	result = find_cfa(&f);
	if (result == EF_UNWIND_OK)
		result = take_down(&f, &caller);
	if (result != EF_UNWIND_OK)
		return result;
	if (caller.pc == 0) /* the return address of a task's first frame */
		return EF_UNWIND_END;
	/* Stacks grow down, so a caller's CFA is higher. Only the innermost frame can be empty. */
	if ((state->known & 1u << EF_RISCV_SP) &&
	    (f.cfa < state->reg[EF_RISCV_SP] ||
	     (f.cfa == state->reg[EF_RISCV_SP] && state->is_return)))
		return EF_UNWIND_LOOP;
	*state = caller;
	return EF_UNWIND_OK;
}
