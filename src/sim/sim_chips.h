/* SPDX-License-Identifier: MIT */
/* The virtual board's own constants of each chip, independent of src/chip. */
#ifndef EF_SIM_SIM_CHIPS_H
#define EF_SIM_SIM_CHIPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* [start, end) */
struct sim_range {
	uint32_t start, end;
};

/* `width` bits at `shift` of a register hold the bits of a value from `lsb` on. */
struct sim_field {
	uint32_t reg;
	uint8_t shift, width, lsb;
};

enum sim_family { SIM_FAMILY_OLD, SIM_FAMILY_RTC, SIM_FAMILY_LP };

/* Reset causes, as the ROM of each family names them. */
enum sim_cause { SIM_POWERON, SIM_SW, SIM_TGWDT, SIM_RTCWDT, SIM_USB, SIM_BROWNOUT, SIM_CAUSES };

/* The ROM's output: the two lines of its greeting (the ESP32 prints one, see boot_rom.c). */
struct sim_greeting {
	const char *rom, *build;
	const char *download; /* name of its download mode in the "boot:" line */
};

/* GPIO_STRAP (ESP-IDF gpio_reg.h): the pins when the chip left reset, in either mode. */
struct sim_strap {
	uint32_t reg;
	uint16_t flash, download;
};

struct sim_usb_port {
	bool has_jtag;
	uint16_t otg_pid; /* USB product id of the ROM on USB-OTG; 0: it has none */
};

struct sim_spi {
	uint32_t base;
	uint8_t usr, w0, miso;  /* offsets */
	bool is_address_on_top; /* the address register is MSB aligned */
};

/* esptool: PURPOSE_VAL_XTS_AES128_KEY */
#define SIM_PURPOSE_XTS_AES_128 4u

struct sim_efuse {
	uint32_t mac_reg; /* low word; the high half-word is at the next one */
	struct sim_field major[3], minor[2];
	struct sim_field secure_boot; /* secure boot V2 is on */
	struct sim_field secure_boot_v1;
	/* flash encryption: SPI_BOOT_CRYPT_CNT, DIS_DOWNLOAD_MANUAL_ENCRYPT, key manager */
	struct sim_field crypt_cnt, no_encrypt, key_manager;
	/* Its key: the purpose of the first key block, or the bit that hides it (ESP32, C2). */
	struct sim_field key_purpose, key_hidden;
	struct sim_field crypt_config; /* only the ESP32 has it */
};

struct sim_wdt {
	uint32_t config0, config1, protect; /* 0: no watchdog reset */
};

/* RTC_CNTL_OPTION1 or its like: the bit that forces download mode. */
struct sim_option1 {
	uint32_t reg, force; /* 0: the chip has none */
};

struct sim_memory {
	struct sim_range ram[3], mapped[2];
	uint32_t stub_text[2]; /* P4: where a stub may run, below revision 3.0 and from it on */
};

/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): eleven of them, in reading order */
struct sim_chip {
	const char *name;
	enum sim_family family;
	uint16_t image_id, revision; /* a usual revision, major * 100 + minor */
	struct sim_greeting greeting;
	uint32_t magic, boot_addr;
	uint8_t security_len; /* bytes of security info; 0: no such command */
	uint8_t xtal_mhz;
	bool is_multicore;
	bool has_long_stub;  /* its stub sends 32-bit flash addresses (esptool cmds.py, 16 MB list)
			      */
	uint32_t clkdiv_reg; /* 0: there is none that a host could read */
	/*
	 * The ROM's UartDev, whose first word is the rate, where the stub raises the UART's
	 * clock; the second one from revision 3.0 on. 0: none.
	 */
	uint32_t uart_dev[2];
	struct sim_strap strap;
	struct sim_usb_port usb;
	struct sim_spi spi;
	struct sim_efuse efuse;
	struct sim_wdt wdt;
	struct sim_option1 option1;
	struct sim_memory mem;
};

const struct sim_chip *sim_chip_find(const char *name);
const char *sim_cause_name(const struct sim_chip *chip, enum sim_cause cause, unsigned *ret_code);
bool sim_chip_is_ram(const struct sim_chip *chip, uint32_t addr, uint32_t len);

#endif
