/* SPDX-License-Identifier: MIT */
/*
 * A program for the ESP32-C3 that needs no SDK: started by ESP-IDF's
 * second-stage bootloader, it stops the watchdogs, checks a block of data in
 * flash and says hello on UART0 once a second. The demo flashes it; it runs
 * on a real board too.
 *
 * Registers: ESP32-C3 Technical Reference Manual, the chapter is named beside
 * each group. Keys of the write protection: the same, "Watchdog Timers".
 */
#include <stdint.h>

#define REG(addr) (*(volatile uint32_t *)(uintptr_t)(addr))

/* "UART Controller" */
#define UART0_FIFO    REG(0x60000000)
#define UART0_STATUS  REG(0x6000001c) /* bits 25:16 transmit FIFO count */
#define UART_FIFO_LEN 128u

/* "Low-power Management": RTC watchdog and super watchdog */
#define RTC_WDT_CONFIG0 REG(0x60008090)
#define RTC_WDT_PROTECT REG(0x600080a8)
#define SWD_CONF        REG(0x600080ac)
#define SWD_PROTECT     REG(0x600080b0)
#define SWD_AUTO_FEED   (1u << 31)
#define SWD_KEY         0x8f1d312au

/* "Timer Group": main watchdogs */
#define TIMG0_WDT_CONFIG0 REG(0x6001f048)
#define TIMG0_WDT_PROTECT REG(0x6001f064)
#define TIMG1_WDT_CONFIG0 REG(0x60020048)
#define TIMG1_WDT_PROTECT REG(0x60020064)
#define WDT_KEY           0x50d83aa1u

/* "System Timer": unit 0 counts at 16 MHz */
#define SYSTIMER_CONF     REG(0x60023000)
#define SYSTIMER_UNIT0_ON (1u << 30) /* set after a reset; emulators differ */
#define SYSTIMER_UNIT0_OP REG(0x60023004)
#define SYSTIMER_UNIT0_LO REG(0x60023044)
#define SYSTIMER_UPDATE   (1u << 30)
#define SYSTIMER_VALID    (1u << 29)
#define SYSTIMER_HZ       16000000u

/* esp_app_desc_t of ESP-IDF's esp_app_desc.h */
struct app_desc {
	uint32_t magic, secure_version, reserved1[2];
	char version[32], project[32], time[16], date[16], idf_version[32];
	uint8_t elf_sha256[32]; /* filled in by the image builder */
	uint16_t min_efuse_blk_rev, max_efuse_blk_rev;
	uint8_t mmu_page_log2, reserved2[3];
	uint32_t reserved3[18];
};
_Static_assert(sizeof(struct app_desc) == 256, "size is part of the format");

__attribute__((section(".flash.appdesc"), used)) const struct app_desc esp_app_desc = {
	.magic = 0xabcd5432,
	.version = "1.0.0",
	.project = "espflash-c sample",
	.time = "12:00:00",
	.date = "Jan  1 2026",
	.idf_version = "none",
	.max_efuse_blk_rev = 0xffff,
	.mmu_page_log2 = 16,
};

/* pattern.S */
extern const uint32_t pattern[], pattern_end[];

/* Initialised data, so that the program proves that its RAM segments were loaded. */
static volatile uint32_t greetings = 1;
/* Zeroed by start.S. */
static volatile uint32_t seconds;

static void stop_watchdogs(void)
{
	RTC_WDT_PROTECT = WDT_KEY;
	RTC_WDT_CONFIG0 = 0;
	RTC_WDT_PROTECT = 0;
	SWD_PROTECT = SWD_KEY;
	SWD_CONF |= SWD_AUTO_FEED;
	SWD_PROTECT = 0;
	TIMG0_WDT_PROTECT = WDT_KEY;
	TIMG0_WDT_CONFIG0 = 0;
	TIMG0_WDT_PROTECT = 0;
	TIMG1_WDT_PROTECT = WDT_KEY;
	TIMG1_WDT_CONFIG0 = 0;
	TIMG1_WDT_PROTECT = 0;
}

static void put_char(char c)
{
	while ((UART0_STATUS >> 16 & 0x3ff) >= UART_FIFO_LEN - 1)
		;
	UART0_FIFO = (uint8_t)c;
}

static void put_text(const char *text)
{
	for (; *text; text++) {
		if (*text == '\n')
			put_char('\r');
		put_char(*text);
	}
}

static void put_number(uint32_t n)
{
	char digits[10];
	unsigned count = 0;

	do {
		digits[count++] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	while (count)
		put_char(digits[--count]);
}

static uint32_t now(void)
{
	SYSTIMER_UNIT0_OP = SYSTIMER_UPDATE;
	while (!(SYSTIMER_UNIT0_OP & SYSTIMER_VALID))
		;
	return SYSTIMER_UNIT0_LO;
}

static void wait_second(void)
{
	uint32_t start = now();

	while (now() - start < SYSTIMER_HZ)
		;
}

/* Check the sequence that pattern.S wrote: every word of it must be in flash and mapped. */
static int is_pattern_right(void)
{
	uint32_t x = 1;

	for (const uint32_t *p = pattern; p < pattern_end; p++) {
		x = x * 1664525u + 1013904223u;
		if (*p != x)
			return 0;
	}
	return 1;
}

/* Mapped from flash; everything above is too, but for what start.S does. */
_Noreturn void sample_main(void)
{
	stop_watchdogs();
	SYSTIMER_CONF |= SYSTIMER_UNIT0_ON;
	put_text("\nespflash-c sample 1.0.0 on ESP32-C3: flash data ");
	put_text(is_pattern_right() ? "ok\n" : "DAMAGED\n");
	for (;;) {
		put_text("Hello world! ");
		put_number(greetings++);
		put_text(" (");
		put_number(seconds);
		put_text(" s)\n");
		wait_second();
		seconds++;
	}
}
