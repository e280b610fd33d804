/* SPDX-License-Identifier: MIT */
/*
 * The words of crashes: first lines, the parts that follow, and the last line.
 * Sources: ESP-IDF components/esp_system (panic.c, esp_system_chip.c, port/panic_handler.c,
 * stack_check.c, ubsan.c, task_wdt/task_wdt.c, debug_helpers.c of each architecture),
 * components/esp_hw_support/power_supply/brownout.c, components/newlib/assert.c,
 * components/heap/multi_heap_poisoning.c, components/freertos (port.c); Rust's core
 * panic message, esp-hal's esp-backtrace and xtensa-lx-rt; Zephyr kernel/fatal.c,
 * arch/xtensa/core/fatal.c, lib/os/assert.c; NuttX sched/misc/assert.c,
 * arch/risc-v/src/common/riscv_exception.c; arduino-esp8266
 * cores/esp8266/core_esp8266_postmortem.cpp; MicroPython ports/esp32/panichandler.c.
 */
#include "console/words.h"

#define CRASH(words)                                                                               \
	{                                                                                          \
		.text = words, .kind = EF_CONSOLE_CRASH, .place = WORD_ANYWHERE                    \
	}
#define HEADING(words)                                                                             \
	{                                                                                          \
		.text = words, .kind = EF_CONSOLE_CRASH, .place = WORD_ANYWHERE, .is_final = true  \
	}
#define CRASH2(words, follows)                                                                     \
	{                                                                                          \
		.text = words, .then = follows, .kind = EF_CONSOLE_CRASH, .place = WORD_ANYWHERE   \
	}
#define PART(words)                                                                                \
	{                                                                                          \
		.text = words, .kind = EF_CONSOLE_CRASH_PART                                       \
	}
#define PART2(words, follows)                                                                      \
	{                                                                                          \
		.text = words, .then = follows, .kind = EF_CONSOLE_CRASH_PART,                     \
		.place = WORD_ANYWHERE                                                             \
	}
#define LAST(words)                                                                                \
	{                                                                                          \
		.text = words, .kind = EF_CONSOLE_CRASH_END                                        \
	}
#define END                                                                                        \
	{                                                                                          \
		.text = NULL                                                                       \
	}

static const struct word idf[] = {
	CRASH("Guru Meditation Error: "),
	CRASH("Panic handler entered multiple times"),
	CRASH("abort() was called at PC 0x"),
	CRASH2("assert failed: ", ":"),
	CRASH2("Assert failed in ", ":"),
	CRASH2("assertion \"", "failed: file \""), /* before v5 */
	CRASH2("ASSERT_PARAM(", "), in "),         /* the radio's blobs */
	CRASH2("ASSERT_ERR(", "), in "),
	CRASH("***ERROR*** A stack overflow in task"),
	CRASH("ERROR: Stack overflow while saving coprocessor context"),
	CRASH("ERROR: Coprocessors must not be used in ISRs"),
	CRASH("Stack smashing protect failure!"),
	CRASH("Stack smashing detected"),
	CRASH("Detected a stack overflow on "),
	CRASH("Undefined behavior of type "),
	CRASH2("CORRUPT HEAP: ", "0x"),
	{ "Brownout detector was triggered", NULL, EF_CONSOLE_CRASH, WORD_ANYWHERE, false,
	  EF_CONSOLE_BROWNOUT },
	/* the only line since v5 */
	{ "task_wdt: Aborting.", NULL, EF_CONSOLE_CRASH, WORD_ANYWHERE, false,
	  EF_CONSOLE_WATCHDOG },
	/* esp_system_abort() with a text of its own prints this; in the boot log it has a tag */
	{ "ELF file SHA256: ", NULL, EF_CONSOLE_CRASH, WORD_AT_START, false, EF_CONSOLE_PANIC },
	LAST("Rebooting..."),
	LAST("CPU halted"),
	LAST("Entering gdb stub now"),
	PART("Backtrace:"),
	PART("Stack memory:"),
	PART("Setting breakpoint at 0x"),
	PART("Debug exception reason:"),
	PART2("Core ", " register dump:"),
	END,
};

static const struct word rom[] = {
	/* the ROM's own handler, for applications without one */
	CRASH("Fatal exception ("),
	END,
};

static const struct word rust[] = {
	CRASH("!! A panic occured"), /* sic */
	CRASH("!! A panic occurred"),
	HEADING("====================== PANIC ======================"),
	CRASH("Exception occured '"),
	CRASH("Exception occurred on "),
	CRASH2("Exception '", "mepc=0x"),
	CRASH("Stack overflow detected at 0x"),
	END,
};

static const struct word zephyr[] = {
	CRASH(">>> ZEPHYR FATAL ERROR "),  CRASH("** FATAL EXCEPTION"), /* Xtensa; the only one
									   before 2.0 */
	CRASH2("ASSERTION FAIL [", " @ "), LAST("Halting system"),      END,
};

static const struct word nuttx[] = {
	CRASH2("assert: Assertion failed", "at file: "),
	CRASH2("dump_assert_info: Assertion failed", "at file: "),
	CRASH2("xtensa_user_panic: ", "EXCCAUSE="),
	CRASH2("riscv_exception: EXCEPTION: ", "MCAUSE: "),
	CRASH("PANIC!!! Exception = "),
	END,
};

static const struct word arduino8266[] = {
	CRASH2("Exception (", "):"),
	CRASH2("Fatal exception ", "Cause):"),
	CRASH2("Panic ", ".cpp:"),
	CRASH("User exception (panic/abort/assert)"),
	{ "Soft WDT reset", NULL, EF_CONSOLE_CRASH, WORD_AT_START, false, EF_CONSOLE_WATCHDOG },
	PART("--------------- CUT HERE FOR EXCEPTION DECODER ---------------"),
	PART("epc1=0x"),
	PART(">>>stack>>>"),
	PART("<<<stack<<<"),
	END,
};

static const struct word micropython[] = {
	/* two lines about where to report it, then the panic handler's */
	HEADING("A fatal error occurred. The crash dump printed below"),
	END,
};

const struct words console_crash_words[] = {
	{ "ESP-IDF", EF_CONSOLE_UNKNOWN, NULL, idf },
	{ "ROM", EF_CONSOLE_UNKNOWN, NULL, rom },
	{ "Rust", EF_CONSOLE_UNKNOWN, NULL, rust },
	{ "Zephyr", EF_CONSOLE_UNKNOWN, NULL, zephyr },
	{ "NuttX", EF_CONSOLE_UNKNOWN, NULL, nuttx },
	{ "Arduino for the ESP8266", EF_CONSOLE_UNKNOWN, NULL, arduino8266 },
	{ "MicroPython", EF_CONSOLE_UNKNOWN, NULL, micropython },
	{ NULL, EF_CONSOLE_UNKNOWN, NULL, NULL },
};
