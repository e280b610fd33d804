/* SPDX-License-Identifier: MIT */
/*
 * The meaning of the numbers after "rst:" in the ROMs' boot logs. The pins after "boot:" are in
 * each chip's file.
 * Sources: ESP-IDF components/esp_rom/<chip>/include/<chip>/rom/rtc.h (enum
 * RESET_REASON) and components/soc/<chip>/include/soc/reset_reasons.h; esptool
 * docs/en/advanced-topics/boot-mode-selection.rst.
 */
#include "base/util.h"
#include "chip/chip_hooks.h"

#define COMMON                                                                                     \
	{ 1, EF_RST_START, "power-on or the EN pin" },                                             \
		{ 3, EF_RST_SOFTWARE, "the program restarted the chip" },                          \
		{ 5, EF_RST_SOFTWARE, "waking from deep sleep" },                                  \
		{ 7, EF_RST_WATCHDOG, "watchdog of timer group 0" },                               \
		{ 9, EF_RST_WATCHDOG, "RTC watchdog" },                                            \
		{ 11, EF_RST_WATCHDOG, "watchdog of a timer group, the CPU alone" },               \
		{ 12, EF_RST_SOFTWARE, "the program restarted, or crashed" },                      \
		{ 13, EF_RST_WATCHDOG, "RTC watchdog, the CPU alone" },                            \
		{ 15, EF_RST_POWER, "brown-out: the supply fell too low" },                        \
	{                                                                                          \
		16, EF_RST_WATCHDOG, "RTC watchdog, the whole chip"                                \
	}

#define SINCE_S2                                                                                   \
	{ 18, EF_RST_WATCHDOG, "super watchdog" },                                                 \
		{ 19, EF_RST_POWER, "a glitch on the clock or the supply" },                       \
	{                                                                                          \
		20, EF_RST_POWER, "eFuse error"                                                    \
	}

#define END                                                                                        \
	{                                                                                          \
		0, EF_RST_START, NULL                                                              \
	}

const struct ef_rst_reason ef_chip_rst_esp32[] = {
	COMMON,
	{ 4, EF_RST_WATCHDOG, "legacy watchdog" },
	{ 6, EF_RST_SOFTWARE, "SDIO" },
	{ 8, EF_RST_WATCHDOG, "watchdog of timer group 1" },
	{ 10, EF_RST_POWER, "intrusion test" },
	{ 14, EF_RST_SOFTWARE, "the other CPU" },
	END,
};

const struct ef_rst_reason ef_chip_rst_rtc[] = {
	COMMON,
	SINCE_S2,
	{ 8, EF_RST_WATCHDOG, "watchdog of timer group 1" },
	{ 10, EF_RST_POWER, "intrusion test" },
	{ 17, EF_RST_WATCHDOG, "watchdog of timer group 1, the CPU alone" },
	{ 21, EF_RST_START, "USB-Serial/JTAG, by the host's lines" },
	{ 22, EF_RST_START, "USB-Serial/JTAG, by a debugger" },
	{ 23, EF_RST_POWER, "a glitch on the supply" },
	{ 24, EF_RST_START, "a debugger" },
	END,
};

const struct ef_rst_reason ef_chip_rst_lp[] = {
	COMMON,
	SINCE_S2,
	{ 6, EF_RST_SOFTWARE, "SDIO" },
	{ 8, EF_RST_WATCHDOG, "watchdog of timer group 1" },
	{ 17, EF_RST_WATCHDOG, "watchdog of timer group 1, the CPU alone" },
	{ 21, EF_RST_START, "USB-Serial/JTAG, by the host's lines" },
	{ 22, EF_RST_START, "USB-Serial/JTAG, by a debugger" },
	{ 23, EF_RST_POWER, "a glitch on the supply" },
	{ 24, EF_RST_START, "a debugger" },
	{ 25, EF_RST_POWER, "a glitch on the supply" },
	{ 26, EF_RST_SOFTWARE, "the CPU locked up" },
	END,
};

const struct ef_rst_reason ef_chip_rst_hp[] = {
	COMMON,
	SINCE_S2,
	{ 6, EF_RST_SOFTWARE, "power-down of the CPU" },
	{ 8, EF_RST_WATCHDOG, "watchdog of timer group 1" },
	{ 22, EF_RST_START, "USB-Serial/JTAG, by a debugger" },
	{ 23, EF_RST_START, "USB-Serial/JTAG, by the host's lines" },
	{ 24, EF_RST_START, "a debugger" },
	{ 26, EF_RST_SOFTWARE, "the CPU locked up" },
	{ 27, EF_RST_POWER, "the detector of the supply" },
	END,
};

const struct ef_rst_reason *ef_chip_rst_reason(const struct ef_chip *chip, uint32_t code)
{
	for (const struct ef_rst_reason *r = chip->rom.rst_reasons; r->words; r++)
		if (r->code == code)
			return r;
	return NULL;
}
