/* SPDX-License-Identifier: MIT */
/*
 * Decides which numbers in a log are addresses of code, and prints what they mean.
 *
 * - Return addresses: ESP-IDF (components/xtensa/include/esp_cpu_utils.h) and
 *   esp-backtrace print Xtensa ones ready for use: window bits replaced by
 *   01, minus 3. esp-backtrace takes 4 off RISC-V ones. ESP-IDF's RISC-V
 *   backtraces have return addresses, either unaltered (fp_unwind.c) or minus 2
 *   (eh_frame_parser.c): the instruction before the address shows which.
 * - Lines of the ROM and the second-stage bootloader name load addresses of
 *   segments. Registers and stack words are mostly data. Both are left alone.
 */
#include <stdlib.h>

#include <espflash/console.h>

#include "base/util.h"
#include "symbols/addr_text.h"
#include "symbols/riscv_dump.h"

#define LINE_MAX_LEN 4096u /* longest line that we print */
#define FRAMES_MAX   64u
#define HASH_SIZE    32u

struct ef_decoder {
	struct ef_decoder_opts opts;
	ef_decoder_sink *sink;
	void *user;
	char hash_told[65]; /* the firmware named in the last warning */
	struct ef_riscv_dump dump;
	size_t unwound_len;            /* bytes of stack that the last unwinding had; 0: none yet */
	enum ef_unwind_result how_far; /* why it ended */
};

static void say(struct ef_decoder *d, const char *fmt, ...) EF_PRINTF(2, 3);

static void say(struct ef_decoder *d, const char *fmt, ...)
{
	char line[LINE_MAX_LEN];
	va_list ap;

	va_start(ap, fmt);
	if (vsnprintf(line, sizeof(line), fmt, ap) >= 0)
		d->sink(d->user, line);
	va_end(ap);
}

/* ---- one address ---- */

static void say_place(struct ef_decoder *d, const struct ef_location *l)
{
	if (l->file[0] == '\0')
		say(d, "    at ??:??%s", l->is_rom ? " (ROM)" : "");
	else if (l->line == 0)
		say(d, "    at %s:??", l->file);
	else
		say(d, "    at %s:%u", l->file, l->line);
}

static void say_locations(struct ef_decoder *d, const char *prefix, const struct ef_location *l,
			  size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *name = l[i].function[0] ? l[i].function : "??";

		say(d, "%s%s", i == 0 ? prefix : "  (inlined by) ", name);
		say_place(d, &l[i]);
	}
}

/* Print an address as in the log, and the place of lookup. False: the address is not code. */
static bool say_address(struct ef_decoder *d, uint32_t shown, uint32_t lookup, bool is_alone)
{
	struct ef_location l[EF_LOCATIONS_MAX];
	size_t count = ef_symbols_find(d->opts.symbols, lookup, l, EF_LOCATIONS_MAX);
	char prefix[16] = "";

	if (count == 0)
		return false;
	if (!is_alone)
		(void)ef_snprintf(prefix, sizeof(prefix), "0x%08x - ", shown);
	say_locations(d, prefix, l, count);
	return true;
}

static bool is_riscv(const struct ef_decoder *d)
{
	return ef_symbols_machine(d->opts.symbols) == EF_EM_RISCV;
}

/* From esp_cpu_process_stack_pc: the top bits of an Xtensa return address are the window. */
static uint32_t xtensa_call(uint32_t addr)
{
	return ((addr & 0x3fffffff) | 0x40000000) - 3;
}

/* ---- registers ---- */

/* Recognize registers that panic handlers dump and that hold data, such as PS, A2 or MSTATUS. */
static bool is_data_register(const struct ef_addr_text *a)
{
	static const char *const name[] = {
		"PS",      "SP",       "GP",     "TP",         "SAR",     "EXCCAUSE",  "EXCVADDR",
		"LBEG",    "LEND",     "LCOUNT", "BR",         "ACCLO",   "ACCHI",     "THREADPTR",
		"MSTATUS", "MTVEC",    "MCAUSE", "MTVAL",      "MHARTID", "SCOMPARE1", "DEPC",
		"EPC1",    "EPC2",     "EPC3",   "EPC4",       "EPC5",    "EPC6",      "EPC7",
		"MIE",     "MSCRATCH", "MIP",    "UINTSTATUS",
	};

	for (size_t i = 0; i < EF_ARRAY_LEN(name); i++)
		if (ef_addr_is(a, name[i]))
			return true;
	if (a->name_len < 2 || a->name_len > 3 || strchr("ASTFM", a->name[0]) == NULL)
		return false;
	for (size_t i = 1; i < a->name_len; i++)
		if (a->name[i] < '0' || a->name[i] > '9')
			return false;
	return true;
}

/* Get the address to look up for an address in a line. False: it is not code. */
static bool lookup_of(const struct ef_decoder *d, const struct ef_addr_text *a, uint32_t *ret)
{
	*ret = a->value;
	if (ef_addr_is(a, "RA") && is_riscv(d)) {
		*ret = a->value - 1;
		return true;
	}
	if (ef_addr_is(a, "A0") && !is_riscv(d)) {
		/* The return address of a windowed call has window bits. */
		*ret = xtensa_call(a->value);
		return a->value >> 30 != 0 || d->opts.all_addresses;
	}
	return d->opts.all_addresses || !is_data_register(a);
}

/* ---- lines ---- */

/*
 * Recognize lines of the ROM, the bootloader and cpu_start. They name load addresses, and the PC
 * before a reset, which is not an error.
 */
static bool is_about_loading(const char *line, size_t len)
{
	struct ef_console_event e;

	ef_console_classify(line, len, &e);
	return (e.stage == EF_CONSOLE_ROM || e.stage == EF_CONSOLE_LOADER ||
		e.kind == EF_CONSOLE_APP_LINE);
}

/* "3fc9f1d0: 0x00000000 ...": memory in a dump that is not unwound. */
static bool is_memory(const char *line, size_t len)
{
	uint32_t addr;

	return len > 12 && ef_hex_at(line, 8, &addr) == 8 && memcmp(line + 8, ": 0x", 4) == 0;
}

/* Return whether the line has nothing but the address, colours and blanks. */
static bool is_alone(const char *line, size_t len, const struct ef_addr_text *a)
{
	size_t i = 0;

	while (i < a->start && (line[i] == ' ' || line[i] == '\033'))
		i += line[i] == ' ' ? 1 : ef_escape_len(line + i, a->start - i);
	if (i != a->start)
		return false;
	for (i = a->end; i < len; i++)
		if (line[i] != ' ' && line[i] != '\r')
			return false;
	return true;
}

#define SEEN_MAX 16u

static void plain_line(struct ef_decoder *d, const char *line, size_t len)
{
	uint32_t seen[SEEN_MAX];
	size_t count = 0, at = 0;
	struct ef_addr_text a;

	if (!d->opts.all_addresses && (is_about_loading(line, len) || is_memory(line, len)))
		return;
	while (ef_addr_next(line, len, &at, &a)) {
		uint32_t lookup;
		bool is_known = false;

		for (size_t i = 0; i < count; i++)
			is_known |= seen[i] == a.value;
		if (is_known || !lookup_of(d, &a, &lookup))
			continue;
		if (say_address(d, a.value, lookup, is_alone(line, len, &a)) && count < SEEN_MAX)
			seen[count++] = a.value;
	}
}

/* "Backtrace: 0xPC:0xSP 0xPC:0xSP |<-CORRUPTED", after the colon. */
static void backtrace(struct ef_decoder *d, const char *line, size_t len)
{
	size_t frames = 0, at = 0;
	struct ef_addr_text a;

	while (frames < FRAMES_MAX && ef_addr_next(line, len, &at, &a)) {
		uint32_t lookup = a.value;
		struct ef_addr_text sp;
		size_t next = at;

		if (is_riscv(d) && frames > 0 && ef_symbols_is_return(d->opts.symbols, a.value))
			lookup--;
		if (!is_riscv(d) && (a.value & 0x80000000))
			lookup = xtensa_call(a.value);
		frames++;
		(void)say_address(d, a.value, lookup, false);
		/* The stack pointer after the colon is not code. */
		if (at < len && line[at] == ':' && ef_addr_next(line, len, &next, &sp) &&
		    sp.start == at + 1)
			at = next;
	}
	if (ef_find_text(line, len, "|<-CORRUPTED"))
		say(d, "    (the stack is damaged: the last of these may be wrong)");
	else if (ef_find_text(line, len, "|<-CONTINUES"))
		say(d, "    (there were more calls than the chip prints)");
}

/* ---- a dump ---- */

static void say_end(struct ef_decoder *d, enum ef_unwind_result why,
		    const struct ef_unwind_state *state)
{
	switch (why) {
	case EF_UNWIND_OK:
		say(d, "    (more than %u frames: the rest is left out)", FRAMES_MAX);
		break;
	case EF_UNWIND_END:
		break;
	case EF_UNWIND_NO_CODE:
		say(d, "    (can't be unwound further: no ELF given has code at 0x%08x)",
		    state->pc);
		break;
	case EF_UNWIND_NO_CFI:
		say(d,
		    "    (can't be unwound further: the ELF has no frame information for "
		    "0x%08x)",
		    state->pc);
		break;
	case EF_UNWIND_BAD_CFI:
		say(d, "    (can't be unwound further: damaged frame information for 0x%08x)",
		    state->pc);
		break;
	case EF_UNWIND_OUTSIDE:
		say(d, "    (can't be unwound further: the rest of the stack is not in the dump)");
		break;
	case EF_UNWIND_UNKNOWN:
		say(d, "    (can't be unwound further: a register is needed that the dump lacks)");
		break;
	case EF_UNWIND_NO_RETURN:
		say(d,
		    "    (can't be unwound further: the function at 0x%08x saved no return "
		    "address, as functions that never return do)",
		    state->pc);
		break;
	case EF_UNWIND_LOOP:
		say(d, "    (can't be unwound further: the stack is damaged)");
		break;
	}
}

static void unwind(struct ef_decoder *d)
{
	const struct ef_unwind_memory memory = { d->dump.stack_addr, d->dump.stack,
						 d->dump.stack_len };
	struct ef_unwind_state state = d->dump.state;
	enum ef_unwind_result result = EF_UNWIND_OK;

	say(d, "Backtrace, unwound from the dump:");
	for (unsigned i = 0; i < FRAMES_MAX && result == EF_UNWIND_OK; i++) {
		if (!say_address(d, state.pc, ef_unwind_lookup(&state), false))
			say(d, "0x%08x - ??", state.pc);
		result = ef_unwind_step(d->opts.symbols, &memory, &state);
	}
	say_end(d, result, &state);
	d->how_far = result;
}

/* Unwind a complete dump. Do it again only when more of the missing stack has come. */
static void unwind_dump(struct ef_decoder *d)
{
	bool has_more = d->dump.stack_len > d->unwound_len && d->how_far == EF_UNWIND_OUTSIDE;

	if (!ef_dump_is_complete(&d->dump) || !is_riscv(d) || (d->unwound_len > 0 && !has_more))
		return;
	unwind(d);
	d->unwound_len = d->dump.stack_len;
}

static void finish_dump(struct ef_decoder *d)
{
	unwind_dump(d);
	ef_dump_reset(&d->dump);
	d->unwound_len = 0;
}

/* True: the line is part of a stack dump, and its numbers are not to be looked up. */
static bool dump_line(struct ef_decoder *d, const char *line, size_t len)
{
	bool had_stack = d->dump.is_stack && d->dump.stack_len > 0;

	if (had_stack && ef_find_text(line, len, " register dump:"))
		finish_dump(d); /* this dump is the other core's */
	switch (ef_dump_take(&d->dump, line, len)) {
	case EF_DUMP_STACK:
		return !d->opts.all_addresses;
	case EF_DUMP_WHOLE:
		finish_dump(d);
		return true;
	case EF_DUMP_OTHER:
		if (had_stack)
			finish_dump(d);
		return false;
	default:
		return false;
	}
}

/* ---- the firmware's hash ---- */

/* ESP-IDF's "ELF file SHA256: 0123456789abcdef...": 9 digits by default, 64 at most. */
static void compare_hash(struct ef_decoder *d, const char *line, size_t len)
{
	static const char label[] = "ELF file SHA256:";
	const char *p = ef_find_text(line, len, label), *end = line + len;
	char seen[65], ours[65];
	size_t n = 0, count = d->opts.elf_sha256_count ? d->opts.elf_sha256_count : 1;

	if (p == NULL || d->opts.elf_sha256 == NULL)
		return;
	p += sizeof(label) - 1;
	while (p < end && *p == ' ')
		p++;
	while (p + n < end && n < sizeof(seen) - 1 && ef_digit_value(p[n]) >= 0) {
		seen[n] = (char)(p[n] >= 'A' && p[n] <= 'F' ? p[n] + 32 : p[n]);
		n++;
	}
	seen[n] = '\0';
	/* An image without the hash prints zeros. A line with less than 8 digits is garbled. */
	if (n < 8 || strspn(seen, "0") == n || strcmp(seen, d->hash_told) == 0)
		return;
	for (size_t i = count; i > 0; i--) {
		ef_hex(ours, d->opts.elf_sha256 + (i - 1) * HASH_SIZE, HASH_SIZE);
		if (memcmp(seen, ours, n) == 0)
			return;
	}
	memcpy(d->hash_told, seen, sizeof(seen));
	ours[n] = '\0';
	say(d,
	    "warning: another firmware is running: its ELF has SHA-256 %s, the one given has %s; "
	    "names and lines may be wrong",
	    seen, ours);
}

/* ---- the decoder ---- */

bool ef_decoder_open(const struct ef_decoder_opts *opts, ef_decoder_sink *sink, void *user,
		     struct ef_decoder **ret, struct ef_err *err)
{
	struct ef_decoder *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return ef_fail(err, EF_E_IO, "out of memory for the decoder of addresses");
	d->opts = *opts;
	d->sink = sink;
	d->user = user;
	*ret = d;
	return true;
}

void ef_decoder_close(struct ef_decoder *d)
{
	if (d == NULL)
		return;
	ef_dump_release(&d->dump);
	free(d);
}

void ef_decoder_line(struct ef_decoder *d, const char *line, size_t len)
{
	static const char label[] = "Backtrace:";
	const char *trace;

	compare_hash(d, line, len);
	if (d->opts.no_addresses || d->opts.symbols == NULL)
		return;
	if (dump_line(d, line, len))
		return;
	trace = ef_find_text(line, len, label);
	if (trace == NULL) {
		plain_line(d, line, len);
		return;
	}
	trace += sizeof(label) - 1;
	backtrace(d, trace, len - (size_t)(trace - line));
}

void ef_decoder_flush(struct ef_decoder *d)
{
	if (d->opts.no_addresses || d->opts.symbols == NULL)
		return;
	/* The dump is kept: the rest of it may still come. */
	if (d->dump.is_stack && d->dump.stack_len > 0)
		unwind_dump(d);
}
