/* SPDX-License-Identifier: MIT */
/*
 * The words by which applications start. Sources: ESP-IDF
 * components/esp_system/port/cpu_start.c and startup_funcs.c,
 * components/esp_app_format/esp_app_desc.c (since v5.1; before, cpu_start.c),
 * components/freertos/app_startup.c; Zephyr kernel/banner.c; NuttX
 * nshlib/nsh_parse.c; MicroPython shared/runtime/pyexec.c; arduino-esp32
 * cores/esp32/chip-debug-report.cpp.
 */
#include "console/words.h"

#define LOG(words, event)                                                                          \
	{                                                                                          \
		.text = words, .kind = event, .place = WORD_IN_LOG                                 \
	}
#define PLAIN(words, event)                                                                        \
	{                                                                                          \
		.text = words, .kind = event                                                       \
	}
#define END                                                                                        \
	{                                                                                          \
		.text = NULL                                                                       \
	}

static const char *const tags[] = { "cpu_start", "app_init",     "main_task",
				    "heap_init", "esp_app_desc", NULL };

static const struct word idf[] = {
	LOG("Project name: ", EF_CONSOLE_PROJECT),
	LOG("App version: ", EF_CONSOLE_VERSION),
	LOG("ELF file SHA256: ", EF_CONSOLE_ELF_HASH),
	LOG("", EF_CONSOLE_APP_LINE),
	END,
};

static const struct word banners[] = {
	PLAIN("*** Booting Zephyr OS ", EF_CONSOLE_APP_LINE),
	PLAIN("NuttShell (NSH)", EF_CONSOLE_APP_LINE),
	{ "MicroPython v", " on ", EF_CONSOLE_APP_LINE, WORD_AT_START, false, 0 },
	{ "Adafruit CircuitPython ", " on ", EF_CONSOLE_APP_LINE, WORD_AT_START, false, 0 },
	PLAIN("=========== Before Setup Start ===========", EF_CONSOLE_APP_LINE),
	END,
};

const struct words console_app_words[] = {
	{ "ESP-IDF", EF_CONSOLE_APP, tags, idf },
	{ "", EF_CONSOLE_APP, NULL, banners },
	{ NULL, EF_CONSOLE_UNKNOWN, NULL, NULL },
};
