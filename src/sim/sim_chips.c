/* SPDX-License-Identifier: MIT */
/*
 * The virtual board's own constants: registers from esptool's target classes, and the
 * ROMs' greetings from users' logs. Nothing of src/chip is used, because a typo there
 * would then go unnoticed.
 */
#include "base/bytes.h"
#include "sim/sim_chips.h"

/* clang-format off */
static const struct sim_chip chips[] = {
	{
		.name = "esp32", .family = SIM_FAMILY_OLD, .image_id = 0, .revision = 301,
		.greeting = { .rom = "", .build = "",
			      .download = "DOWNLOAD_BOOT(UART0/UART1/SDIO_REI_REO_V2)" },
		.magic = 0x00f01d83, .boot_addr = 0x1000, .security_len = 0, .xtal_mhz = 40,
		.is_multicore = true, .clkdiv_reg = 0x3ff40014, .uart_dev = { 0x3ffe019c },
		.strap = { .reg = 0x3ff44038, .flash = 0x13, .download = 0x3 },
		.spi = { .base = 0x3ff42000, .usr = 0x1c, .w0 = 0x80, .miso = 0x2c,
			 .is_address_on_top = true },
		.efuse = { .mac_reg = 0x3ff5a004,
			   .major = { { 0x3ff5a00c, 15, 1, 0 }, { 0x3ff5a014, 20, 1, 1 },
				      { 0x3ff6607c, 31, 1, 2 } },
			   .minor = { { 0x3ff5a014, 24, 2, 0 } },
			   .secure_boot = { 0x3ff5a018, 5, 1, 0 } },
		.mem = { .ram = { { 0x3ffae000, 0x40000000 }, { 0x40070000, 0x400c2000 },
				  { 0x50000000, 0x50002000 } },
			 .mapped = { { 0x3f400000, 0x3f800000 }, { 0x400d0000, 0x40400000 } } },
	},
	{
		.name = "esp32s2", .family = SIM_FAMILY_RTC, .image_id = 2, .revision = 100,
		.greeting = { .rom = "esp32s2-rc4-20191025", .build = "Oct 25 2019",
			      .download = "DOWNLOAD(USB/UART0/1)" },
		.magic = 0x000007c6, .boot_addr = 0x1000, .security_len = 12, .xtal_mhz = 40,
		.clkdiv_reg = 0x3f400014, .uart_dev = { 0x3ffffcfc },
		.strap = { .reg = 0x3f404038, .flash = 0x8, .download = 0x0 },
		.usb = { .otg_pid = 0x0002 },
		.spi = { .base = 0x3f402000, .usr = 0x18, .w0 = 0x58, .miso = 0x28 },
		.efuse = { .mac_reg = 0x3f41a044,
			   .major = { { 0x3f41a050, 18, 2, 0 } },
			   .minor = { { 0x3f41a054, 4, 3, 0 }, { 0x3f41a050, 20, 1, 3 } },
			   .secure_boot = { 0x3f41a038, 20, 1, 0 } },
		.wdt = { .config0 = 0x3f408094, .config1 = 0x3f408098, .protect = 0x3f4080ac },
		.option1 = { .reg = 0x3f408128, .force = 1 },
		.mem = { .ram = { { 0x3ffb0000, 0x40000000 }, { 0x40020000, 0x40072000 },
				  { 0x50000000, 0x50002000 } },
			 .mapped = { { 0x3f000000, 0x3f3f0000 }, { 0x40080000, 0x40b80000 } } },
	},
	{
		.name = "esp32s3", .family = SIM_FAMILY_RTC, .image_id = 9, .revision = 2,
		.greeting = { .rom = "esp32s3-20210327", .build = "Mar 27 2021",
			      .download = "DOWNLOAD(USB/UART0)" },
		.magic = 0x00000009, .boot_addr = 0x0, .security_len = 20, .xtal_mhz = 40,
		.is_multicore = true, .clkdiv_reg = 0x60000014,
		.strap = { .reg = 0x60004038, .flash = 0x8, .download = 0x0 },
		.usb = { .has_jtag = true, .otg_pid = 0x0009 },
		.spi = { .base = 0x60002000, .usr = 0x18, .w0 = 0x58, .miso = 0x28 },
		.efuse = { .mac_reg = 0x60007044,
			   .major = { { 0x60007058, 24, 2, 0 } },
			   .minor = { { 0x60007050, 18, 3, 0 }, { 0x60007058, 23, 1, 3 } },
			   .secure_boot = { 0x60007038, 20, 1, 0 } },
		.wdt = { .config0 = 0x60008098, .config1 = 0x6000809c, .protect = 0x600080b0 },
		.option1 = { .reg = 0x6000812c, .force = 1 },
		.mem = { .ram = { { 0x3fc88000, 0x3fd00000 }, { 0x40370000, 0x403e0000 },
				  { 0x600fe000, 0x60100000 } },
			 .mapped = { { 0x3c000000, 0x3e000000 }, { 0x42000000, 0x44000000 } } },
	},
	{
		.name = "esp32c2", .family = SIM_FAMILY_RTC, .image_id = 12, .revision = 100,
		.greeting = { .rom = "esp8684-api2-20220127", .build = "Jan 27 2022",
			      .download = "DOWNLOAD(UART0)" },
		.magic = 0x7c41a06f, .boot_addr = 0x0, .security_len = 20, .xtal_mhz = 26,
		.clkdiv_reg = 0x60000014,
		.strap = { .reg = 0x60004038, .flash = 0xc, .download = 0x4 },
		.spi = { .base = 0x60002000, .usr = 0x18, .w0 = 0x58, .miso = 0x28 },
		.efuse = { .mac_reg = 0x60008840,
			   .major = { { 0x60008844, 20, 2, 0 } },
			   .minor = { { 0x60008844, 16, 4, 0 } },
			   .secure_boot = { 0x60008830, 21, 1, 0 } },
		.wdt = { .config0 = 0x60008084, .config1 = 0x60008088, .protect = 0x6000809c },
		.mem = { .ram = { { 0x3fca0000, 0x3fce0000 }, { 0x4037c000, 0x403c0000 } },
			 .mapped = { { 0x3c000000, 0x3c400000 }, { 0x42000000, 0x42400000 } } },
	},
	{
		.name = "esp32c3", .family = SIM_FAMILY_RTC, .image_id = 5, .revision = 4,
		.greeting = { .rom = "esp32c3-api1-20210207", .build = "Feb  7 2021",
			      .download = "DOWNLOAD(USB/UART0/1)" },
		.magic = 0x1b31506f, .boot_addr = 0x0, .security_len = 20, .xtal_mhz = 40,
		.clkdiv_reg = 0x60000014,
		.strap = { .reg = 0x60004038, .flash = 0xc, .download = 0x5 },
		.usb = { .has_jtag = true },
		.spi = { .base = 0x60002000, .usr = 0x18, .w0 = 0x58, .miso = 0x28 },
		.efuse = { .mac_reg = 0x60008844,
			   .major = { { 0x60008858, 24, 2, 0 } },
			   .minor = { { 0x60008850, 18, 3, 0 }, { 0x60008858, 23, 1, 3 } },
			   .secure_boot = { 0x60008838, 20, 1, 0 } },
		.wdt = { .config0 = 0x60008090, .config1 = 0x60008094, .protect = 0x600080a8 },
		.mem = { .ram = { { 0x3fc80000, 0x3fce0000 }, { 0x4037c000, 0x403e0000 },
				  { 0x50000000, 0x50002000 } },
			 .mapped = { { 0x3c000000, 0x3c800000 }, { 0x42000000, 0x42800000 } } },
	},
	{
		.name = "esp32c5", .family = SIM_FAMILY_LP, .image_id = 23, .revision = 100,
		.greeting = { .rom = "esp32c5-eco2-20250121", .build = "Jan 21 2025",
			      .download = "DOWNLOAD(USB/UART0/SDIO_FEI_FEO)" },
		.magic = 0x1101406f, .boot_addr = 0x2000, .security_len = 20, .xtal_mhz = 48,
		.clkdiv_reg = 0x60000014,
		.strap = { .reg = 0x60091000, .flash = 0x18, .download = 0x10 },
		.usb = { .has_jtag = true },
		.spi = { .base = 0x60003000, .usr = 0x18, .w0 = 0x58, .miso = 0x28 },
		.efuse = { .mac_reg = 0x600b4844,
			   .major = { { 0x600b484c, 4, 2, 0 } },
			   .minor = { { 0x600b484c, 0, 4, 0 } },
			   .secure_boot = { 0x600b4838, 25, 1, 0 } },
		.wdt = { .config0 = 0x600b1c00, .config1 = 0x600b1c04, .protect = 0x600b1c18 },
		.mem = { .ram = { { 0x40800000, 0x40860000 }, { 0x50000000, 0x50004000 } },
			 .mapped = { { 0x42000000, 0x44000000 } } },
	},
	{
		.name = "esp32c6", .family = SIM_FAMILY_LP, .image_id = 13, .revision = 1,
		.greeting = { .rom = "esp32c6-20220919", .build = "Sep 19 2022",
			      .download = "DOWNLOAD(USB/UART0/SDIO_FEI_FEO)" },
		.magic = 0x2ce0806f, .boot_addr = 0x0, .security_len = 20, .xtal_mhz = 40,
		.clkdiv_reg = 0x60000014,
		.strap = { .reg = 0x60091038, .flash = 0xc, .download = 0x4 },
		.usb = { .has_jtag = true },
		.spi = { .base = 0x60003000, .usr = 0x18, .w0 = 0x58, .miso = 0x28 },
		.efuse = { .mac_reg = 0x600b0844,
			   .major = { { 0x600b0850, 22, 2, 0 } },
			   .minor = { { 0x600b0850, 18, 4, 0 } },
			   .secure_boot = { 0x600b0838, 20, 1, 0 } },
		.wdt = { .config0 = 0x600b1c00, .config1 = 0x600b1c04, .protect = 0x600b1c18 },
		.mem = { .ram = { { 0x40800000, 0x40880000 }, { 0x50000000, 0x50004000 } },
			 .mapped = { { 0x42000000, 0x43000000 } } },
	},
	{
		.name = "esp32c61", .family = SIM_FAMILY_LP, .image_id = 20, .revision = 100,
		.greeting = { .rom = "esp32c61-eco3-20250228", .build = "Feb 28 2025",
			      .download = "DOWNLOAD(UART0)" },
		.magic = 0x2421606f, .boot_addr = 0x0, .security_len = 20, .xtal_mhz = 40,
		.clkdiv_reg = 0x60000014,
		.strap = { .reg = 0x60091000, .flash = 0xc, .download = 0x4 },
		.usb = { .has_jtag = true },
		.spi = { .base = 0x60003000, .usr = 0x18, .w0 = 0x58, .miso = 0x28 },
		.efuse = { .mac_reg = 0x600b4844,
			   .major = { { 0x600b484c, 4, 2, 0 } },
			   .minor = { { 0x600b484c, 0, 4, 0 } },
			   .secure_boot = { 0x600b4834, 26, 1, 0 } },
		.wdt = { .config0 = 0x600b1c00, .config1 = 0x600b1c04, .protect = 0x600b1c18 },
		.mem = { .ram = { { 0x40800000, 0x40860000 }, { 0x50000000, 0x50004000 } },
			 .mapped = { { 0x42000000, 0x43000000 } } },
	},
	{
		.name = "esp32h2", .family = SIM_FAMILY_LP, .image_id = 16, .revision = 102,
		.greeting = { .rom = "esp32h2-20221101", .build = "Nov  1 2022",
			      .download = "DOWNLOAD(USB/UART0)" },
		.magic = 0xd7b73e80, .boot_addr = 0x0, .security_len = 20, .xtal_mhz = 32,
		.clkdiv_reg = 0x60000014,
		.strap = { .reg = 0x60091038, .flash = 0xc, .download = 0x4 },
		.usb = { .has_jtag = true },
		.spi = { .base = 0x60003000, .usr = 0x18, .w0 = 0x58, .miso = 0x28 },
		.efuse = { .mac_reg = 0x600b0844,
			   .major = { { 0x600b0850, 21, 2, 0 } },
			   .minor = { { 0x600b0850, 18, 3, 0 } },
			   .secure_boot = { 0x600b0838, 20, 1, 0 } },
		.wdt = { .config0 = 0x600b1c00, .config1 = 0x600b1c04, .protect = 0x600b1c1c },
		.mem = { .ram = { { 0x40800000, 0x40880000 }, { 0x50000000, 0x50004000 } },
			 .mapped = { { 0x42000000, 0x43000000 } } },
	},
	{
		.name = "esp32p4", .family = SIM_FAMILY_LP, .image_id = 18, .revision = 103,
		.greeting = { .rom = "esp32p4-eco2-20240710", .build = "Jul 10 2024",
			      .download = "DOWNLOAD(USB/UART0/SPI)" },
		.magic = 0x00000000, .boot_addr = 0x2000, .security_len = 20, .xtal_mhz = 40,
		.is_multicore = true, .uart_dev = { 0x4ff3feb0, 0x4ffbfeb0 },
		.strap = { .reg = 0x500e0038, .flash = 0x30f, .download = 0x307 },
		.usb = { .has_jtag = true, .otg_pid = 0x0012 },
		.spi = { .base = 0x5008d000, .usr = 0x18, .w0 = 0x58, .miso = 0x28 },
		.efuse = { .mac_reg = 0x5012d044,
			   .major = { { 0x5012d04c, 4, 2, 0 }, { 0x5012d04c, 23, 1, 2 } },
			   .minor = { { 0x5012d04c, 0, 4, 0 } },
			   .secure_boot = { 0x5012d038, 20, 1, 0 } },
		.wdt = { .config0 = 0x50116000, .config1 = 0x50116004, .protect = 0x50116018 },
		.option1 = { .reg = 0x50110008, .force = 4 },
		.mem = { .ram = { { 0x4ff00000, 0x4ffc0000 }, { 0x50108000, 0x50110000 },
				  { 0x30100000, 0x30102000 } },
			 .mapped = { { 0x40000000, 0x4c000000 } },
			 .stub_text = { 0x4ff10000, 0x4ff50000 } },
	},
	{
		.name = "esp32s31", .family = SIM_FAMILY_LP, .image_id = 32, .revision = 0,
		.greeting = { .rom = "esp32s31-20251218", .build = "Dec 18 2025",
			      .download = "DOWNLOAD(USB/UART0/SPI)" },
		.magic = 0x00000000, .boot_addr = 0x2000, .security_len = 20, .xtal_mhz = 40,
		.is_multicore = true,
		.strap = { .reg = 0x20583000, .flash = 0x5f, .download = 0x69 },
		.usb = { .has_jtag = true, .otg_pid = 0x0020 },
		.spi = { .base = 0x20501000, .usr = 0x18, .w0 = 0x58, .miso = 0x28 },
		.efuse = { .mac_reg = 0x20715050,
			   .major = { { 0x2071505c, 22, 2, 0 } },
			   .minor = { { 0x2071505c, 18, 4, 0 } },
			   .secure_boot = { 0x2071503c, 2, 1, 0 } },
		.wdt = { .config0 = 0x20801000, .config1 = 0x20801004, .protect = 0x20801018 },
		.mem = { .ram = { { 0x2f000000, 0x2f080000 }, { 0x2e000000, 0x2e008000 } },
			 .mapped = { { 0x40000000, 0x54000000 } } },
	},
};

/* Names and numbers as the ROMs print them. */
static const struct {
	unsigned code;
	const char *name;
} causes[][SIM_CAUSES] = {
	[SIM_FAMILY_OLD] = { { 0x1, "POWERON_RESET" }, { 0x3, "SW_RESET" },
		{ 0x10, "RTCWDT_RTC_RESET" }, { 0x10, "RTCWDT_RTC_RESET" },
		{ 0x1, "POWERON_RESET" }, { 0xf, "RTCWDT_BROWN_OUT_RESET" } },
	[SIM_FAMILY_RTC] = { { 0x1, "POWERON" }, { 0x3, "RTC_SW_SYS_RST" },
		{ 0x7, "TG0WDT_SYS_RST" }, { 0x10, "RTCWDT_RTC_RST" },
		{ 0x15, "USB_UART_CHIP_RESET" }, { 0xf, "BROWNOUT_RST" } },
	[SIM_FAMILY_LP] = { { 0x1, "POWERON" }, { 0x3, "LP_SW_HPSYS" },
		{ 0x7, "TG0_WDT_HPSYS" }, { 0x10, "LP_WDT_SYS" }, { 0x15, "USB_UART_HPSYS" },
		{ 0xf, "LP_BOD_SYS" } },
};
/* clang-format on */

const struct sim_chip *sim_chip_find(const char *name)
{
	for (size_t i = 0; name && i < EF_ARRAY_LEN(chips); i++)
		if (strcmp(chips[i].name, name) == 0)
			return &chips[i];
	return NULL;
}

const char *sim_cause_name(const struct sim_chip *chip, enum sim_cause cause, unsigned *ret_code)
{
	*ret_code = causes[chip->family][cause].code;
	return causes[chip->family][cause].name;
}

bool sim_chip_is_ram(const struct sim_chip *chip, uint32_t addr, uint32_t len)
{
	for (size_t i = 0; i < EF_ARRAY_LEN(chip->mem.ram); i++)
		if (addr >= chip->mem.ram[i].start && addr < chip->mem.ram[i].end &&
		    len <= chip->mem.ram[i].end - addr)
			return true;
	return false;
}
