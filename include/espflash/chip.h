/* SPDX-License-Identifier: MIT */
/**
 * @file
 * `struct ef_chip`: everything that differs between chips, as data.
 *
 * Each chip has one const record in a file of its own (src/chip/). Code outside
 * src/chip asks for a property ("the ROM has GET_SECURITY_INFO"), never for an
 * identity. All addresses and fields come from Espressif's documents or from
 * esptool; each chip's file names its sources.
 */
#ifndef ESPFLASH_CHIP_H
#define ESPFLASH_CHIP_H

#include <stddef.h>
#include <stdint.h>

#include <espflash/err.h>

EF_API_BEGIN

struct ef_chip;

/**
 * Access to a chip's registers. The caller provides it, so that this layer doesn't
 * depend on the wire protocol.
 */
struct ef_regs {
	void *ctx;
	bool (*read)(void *ctx, uint32_t addr, uint32_t *ret, struct ef_err *err);
	/** Change only the bits in mask. */
	bool (*write)(void *ctx, uint32_t addr, uint32_t value, uint32_t mask, struct ef_err *err);
	/** Wait on the host; power-up sequences need it. */
	bool (*delay_us)(void *ctx, uint32_t us, struct ef_err *err);
};

enum ef_arch { EF_ARCH_XTENSA, EF_ARCH_RISCV };

/** Properties of a chip and its ROM loader; bits of ef_chip.flags. */
enum ef_chip_flag {
	/** The ROM has GET_SECURITY_INFO. */
	EF_CHIP_HAS_SECURITY_INFO = 1u << 0,
	/** The ROM expects a fifth word, "encrypted", in FLASH_BEGIN and FLASH_DEFL_BEGIN. */
	EF_CHIP_ROM_ENCRYPT_WORD = 1u << 1,
	/** The ROM computes baud rates for a 40 MHz crystal, whatever the board has (C2). */
	EF_CHIP_ROM_BAUD_ASSUMES_40M = 1u << 2,
	/** The ROM can't change the baud rate in secure download mode. */
	EF_CHIP_SDM_NO_BAUD = 1u << 3,
	/** With secure boot, the ROM refuses to start a stub (C3). */
	EF_CHIP_STUB_NOT_WITH_SECURE_BOOT = 1u << 4,
	/** With secure boot, a stub starts only through ef_chip_stub.hijack_ptr (S3). */
	EF_CHIP_STUB_HIJACK_WITH_SECURE_BOOT = 1u << 5,
	/** The force-download bit survives a reset, so a reset must clear it first (S3). */
	EF_CHIP_CLEAR_FORCE_DOWNLOAD = 1u << 6,
	/** In secure download mode, only this chip refuses READ_REG (S2). */
	EF_CHIP_SDM_REFUSES_READ_REG = 1u << 7,
	/** On USB-OTG, only the watchdog can perform a hard reset. */
	EF_CHIP_OTG_RESET_BY_WATCHDOG = 1u << 8,
	/** When told to leave its loader, the ROM boots from flash (ESP32). */
	EF_CHIP_ROM_RUNS_FLASH = 1u << 9,
	/**
	 * The stub sends 32-bit flash addresses (esp-stub-lib soc_caps.h,
	 * SOC_SPI_FLASH_4B_ADDR_SUPPORTED). Without it, addresses wrap at 16 MiB.
	 */
	EF_CHIP_STUB_32BIT_FLASH = 1u << 10,
	/** The one-byte minimum revision of old images is a minor one (C3; esptool write_flash). */
	EF_CHIP_LEGACY_REV_IS_MINOR = 1u << 11,
};

/** One group of bits of an eFuse field. */
struct ef_efuse_part {
	uint32_t reg;  /**< register address of the word */
	uint8_t shift; /**< lowest bit in that word */
	uint8_t width; /**< bits */
	uint8_t lsb;   /**< position of the group's lowest bit in the value */
};
#define EF_EFUSE_PARTS 3
/** An eFuse field, in up to three groups of bits. */
struct ef_efuse {
	/** width 0 ends the list; part[0].width 0: the chip has no such field */
	struct ef_efuse_part part[EF_EFUSE_PARTS];
};

/** Registers of the SPI controller that the flash chip is attached to. */
struct ef_spi_regs {
	uint32_t base;
	uint16_t usr, usr2, w0, miso_dlen; /**< offsets from base, where SPI_CMD is */
};

/** RTC (or LP) watchdog; all 0 where the watchdog is neither used nor disabled. */
struct ef_wdt {
	uint32_t wprotect, config0, config1, key;
	/** Super watchdog; 0 where it need not be disabled. */
	uint32_t swd_wprotect, swd_conf, swd_key, swd_auto_feed;
	bool can_reset;      /**< a watchdog reset works on this chip */
	bool disable_on_usb; /**< over USB-Serial/JTAG, disable both watchdogs after connecting */
};

/** A strapping pin: one bit of the number in the ROM's "boot:0x13"; set means high. */
struct ef_strap_pin {
	uint8_t mask;     /**< 0 ends a list */
	int8_t download;  /**< the level that download mode needs: 0 or 1; -1: either */
	const char *name; /**< "GPIO9" */
};
#define EF_STRAP_PINS 7

/** Strapping pins, and the bit that forces download mode. */
struct ef_strap {
	uint32_t reg; /**< GPIO_STRAP: the levels of the pins when the chip left reset */
	/**
	 * Bit of reg that is 0 after a start into download mode. 0: a hard reset over
	 * USB-OTG doesn't check the pins.
	 */
	uint32_t boot_mask;
	uint32_t force_download_reg, force_download_mask; /**< 0: the chip has no such bit */
	/** The bits of reg; the pin that selects download mode comes first. */
	struct ef_strap_pin pins[EF_STRAP_PINS];
};

/** Kinds of reset reasons, the number in the ROM's "rst:0xf". */
enum ef_rst_kind {
	EF_RST_START,    /**< power, EN, a debugger or USB: the resets that tools cause */
	EF_RST_SOFTWARE, /**< the program restarted, crashed, or woke up */
	EF_RST_WATCHDOG,
	EF_RST_POWER, /**< the supply is too low or disturbed */
};
struct ef_rst_reason {
	uint8_t code;
	enum ef_rst_kind kind;
	const char *words; /**< NULL ends a list */
};

enum ef_mem_kind {
	EF_MEM_IROM,
	EF_MEM_DROM, /**< IROM and DROM are mapped from flash */
	EF_MEM_IRAM,
	EF_MEM_DRAM,
	EF_MEM_RTC,
	EF_MEM_ROM,
	EF_MEM_PSRAM,
	EF_MEM_OTHER,
};

/** A region of the address space: [start, end) */
struct ef_mem {
	uint32_t start, end;
	enum ef_mem_kind kind;
	const char *name; /**< "IROM", "DRAM", "RTC_DATA": esptool's names */
};

/** A flash frequency and its code in the image header. */
struct ef_flash_freq {
	uint16_t mhz; /**< 0 ends a list */
	uint8_t code; /**< low nibble of header byte 3, as espflash writes it */
};

struct ef_chip_features {
	/** comma-separated, in espflash's words: "WiFi, BLE, Embedded Flash 4MB (XMC)" */
	char text[256];
	char package[48]; /**< "ESP32-D0WD-V3"; the chip's label if the code is unknown */
};

/** The words of a chip's features, by the codes in its eFuses. */
struct ef_feature_table;

#define EF_CHIP_MAGICS 4
#define EF_CHIP_MEMS   16

/** What an image for this chip looks like, and where its bootloader goes. */
struct ef_chip_image {
	uint32_t boot_addr; /**< flash offset of the second-stage bootloader */
	/** the number of UF2 files (uf2families.json; esptool's UF2_FAMILY_ID) */
	uint32_t uf2_family;
	const struct ef_flash_freq *freqs; /**< ends with mhz 0 */
	/** The same with esptool's codes; NULL: they are the same */
	const struct ef_flash_freq *freqs_esptool;
	uint16_t default_freq_mhz;
	uint8_t default_xtal_mhz; /**< espflash's default for save-image */
	uint8_t mmu_page_log2[5]; /**< supported MMU page sizes, smallest first; 0 ends */
};

/** The crystals a board may have, and how to find out which one it has. */
struct ef_chip_xtal {
	uint8_t mhz[4]; /**< possible crystals; 0 ends */
	/** UART clock divider, which tells the crystal; every chip with a choice has it */
	uint32_t clkdiv_reg, clkdiv_mask;
	/** Field with the frequency in MHz that the ROM assumes; rom_reg 0: none (C5 has one) */
	uint32_t rom_reg;
	uint8_t rom_shift, rom_width;
};

/** Where the chip's eFuses hold what identifies it. */
struct ef_chip_efuse {
	struct ef_efuse mac_low, mac_high; /**< 32 + 16 bits; printed high part first */
	struct ef_efuse mac_crc;           /**< CRC-8 of the MAC; only the ESP32 has it */
	struct ef_efuse rev_major, rev_minor, package;
	struct ef_efuse flash_cap, psram_cap, flash_vendor, psram_vendor;
	/** eFuse block version where features or revision need it */
	struct ef_efuse blk_major, blk_minor;
	struct ef_efuse crypt_cnt, secure_boot; /**< for chips without GET_SECURITY_INFO */
	/** Set: the loader no longer encrypts what it writes (DIS_DOWNLOAD_MANUAL_ENCRYPT). */
	struct ef_efuse no_encrypt;
	/** Set: the key of flash encryption comes from the key manager (C5, P4, S31). */
	struct ef_efuse key_manager;
};

#define EF_CHIP_KEYS 6
/** The key of flash encryption, and what the loader needs to encrypt with it. */
struct ef_chip_crypt {
	uint8_t align; /**< address and size of what is encrypted are multiples of this */
	/** Purposes of the key blocks; unused where block is set */
	struct ef_efuse purpose[EF_CHIP_KEYS];
	uint32_t block;      /**< first word of the only block for a key; 0: there are several */
	uint8_t block_words; /**< words of a short key in it */
	struct ef_efuse is_long; /**< the key has twice as many words */
	struct ef_efuse hidden;  /**< which halves of the block can't be read: 1, 2 */
	/** FLASH_CRYPT_CONFIG, and whether it can't be read; only the ESP32 has it. */
	struct ef_efuse config, config_hidden;
};

/** The mask ROM's log and console. */
struct ef_chip_rom {
	/** The word between "ESP-ROM:" and "-": "esp32c3"; "" for the ROM that prints "ets". */
	const char *tag;
	const struct ef_rst_reason *rst_reasons; /**< ends with words NULL */
	/** ROM variable that holds the number of its console; 0: not needed on this chip */
	uint32_t console_reg;
	/** From this revision (major * 100 + minor) on the variable is here; 0: never */
	uint32_t console_new_rev, console_new_reg;
	uint8_t console_otg, console_jtag; /**< numbers of USB-OTG and USB-Serial/JTAG; 0 none */
	uint16_t otg_pid; /**< USB product id of the ROM's OTG console, vendor 303a; 0 none */
	/**
	 * ROM variable with the UART's rate in baud, where the stub raises the UART's clock
	 * and takes over the rate from there (esp-flasher-stub main.c); 0: it does neither
	 */
	uint32_t rate_var, rate_new_var; /**< the second one from console_new_rev on */
};

/** Which flasher stub runs on the chip. */
struct ef_chip_stub {
	const char *name;     /**< stub image, e.g. "esp32c3"; NULL: the chip has none */
	const char *name_old; /**< for revisions below old_below; NULL none */
	uint16_t old_below;   /**< revision (major * 100 + minor) */
	uint16_t min_rev;     /**< no stub below this revision (C2: 100) */
	uint32_t hijack_ptr;  /**< ROM pointer of EF_CHIP_STUB_HIJACK_WITH_SECURE_BOOT */
};

/** What data can't express. NULL means the generic behaviour. */
struct ef_chip_hooks {
	/** Reads the revision, major * 100 + minor; NULL: efuse.rev_major and efuse.rev_minor. */
	bool (*revision)(const struct ef_chip *chip, const struct ef_regs *regs, uint16_t *ret,
			 struct ef_err *err);
	/** Makes the feature text and the package name; NULL: from ef_chip.features. */
	bool (*features)(const struct ef_chip *chip, const struct ef_regs *regs, uint16_t revision,
			 struct ef_chip_features *ret, struct ef_err *err);
	/** Make flash usable in download mode, before SPI_ATTACH (P4). */
	bool (*flash_power_up)(const struct ef_chip *chip, const struct ef_regs *regs,
			       uint16_t revision, struct ef_err *err);
	/** Compute the rate to send so that a ROM with this quirk arrives at rate_hz. */
	bool (*rom_baud)(const struct ef_chip *chip, const struct ef_regs *regs, uint32_t xtal_mhz,
			 uint32_t rate_hz, uint32_t *ret, struct ef_err *err);
};

struct ef_chip {
	const char *name;  /**< "esp32s3": command line, files, espflash's value names */
	const char *label; /**< "ESP32-S3": for people */
	enum ef_arch arch;
	uint16_t image_id; /**< chip id in image headers and in GET_SECURITY_INFO */
	uint8_t magic_count;
	/** Words at EF_CHIP_MAGIC_REG, for ROMs without a chip id */
	uint32_t magic[EF_CHIP_MAGICS];
	uint32_t flags; /**< enum ef_chip_flag */

	struct ef_chip_image image;
	/** Address space; end 0 ends the list. Regions ascend and don't overlap. */
	struct ef_mem mem[EF_CHIP_MEMS];
	struct ef_spi_regs spi; /**< controller of the flash chip */
	struct ef_chip_xtal xtal;
	struct ef_chip_efuse efuse;
	struct ef_chip_crypt crypt;
	struct ef_wdt wdt;
	struct ef_strap strap;
	struct ef_chip_rom rom;
	struct ef_chip_stub stub;
	const struct ef_feature_table *features; /**< private to the chip layer */
	struct ef_chip_hooks hooks;
};

/** A word of ROM that differs between chips (esptool: CHIP_DETECT_MAGIC_REG_ADDR). */
#define EF_CHIP_MAGIC_REG 0x40001000u

/** All chips, in espflash's order; NULL ends. */
extern const struct ef_chip *const ef_chips[];

/**
 * The lookups return NULL when they find nothing. Names may be given as "esp32c3" or
 * "ESP32-C3", in any case.
 */
const struct ef_chip *ef_chip_by_name(const char *name);
const struct ef_chip *ef_chip_by_image_id(uint16_t id);
/** Look a chip up by the text that follows "ESP-ROM:" in a boot log. */
const struct ef_chip *ef_chip_by_rom_tag(const char *text, size_t len);
/** Return the meaning of "rst:0xNN" on this chip. */
const struct ef_rst_reason *ef_chip_rst_reason(const struct ef_chip *chip, uint32_t code);
/**
 * Look a chip up by its magic word. The word 0 finds nothing: early P4 and S31 chips share it, and
 * their ROMs report a chip id.
 */
const struct ef_chip *ef_chip_by_magic(uint32_t magic);
/** Return the chip with this flag; NULL if several have it. */
const struct ef_chip *ef_chip_by_flag(enum ef_chip_flag flag);

/** Return the region that holds addr. */
const struct ef_mem *ef_chip_mem(const struct ef_chip *chip, uint32_t addr);
bool ef_chip_is_flash_addr(const struct ef_chip *chip, uint32_t addr);

/** Get the header code of a frequency; false if the chip has no such frequency. */
bool ef_chip_freq_code(const struct ef_chip *chip, uint16_t mhz, uint8_t *ret);
/** Do the same, with the codes that esptool and ESP-IDF's build write. */
bool ef_chip_freq_code_esptool(const struct ef_chip *chip, uint16_t mhz, uint8_t *ret);
/** Return the frequency of a header code; 0 if unknown. */
uint16_t ef_chip_freq_mhz(const struct ef_chip *chip, uint8_t code);

/** Read a field. A field that the chip lacks reads as 0. Errors: those of regs. */
bool ef_efuse_read(const struct ef_efuse *field, const struct ef_regs *regs, uint32_t *ret,
		   struct ef_err *err) EF_MUST_CHECK;
/** Read the revision, major * 100 + minor. */
bool ef_chip_revision(const struct ef_chip *chip, const struct ef_regs *regs, uint16_t *ret,
		      struct ef_err *err) EF_MUST_CHECK;
/**
 * Read the feature text and the package's name, from eFuses; revision as ef_chip_revision gives it.
 */
bool ef_chip_read_features(const struct ef_chip *chip, const struct ef_regs *regs,
			   uint16_t revision, struct ef_chip_features *ret,
			   struct ef_err *err) EF_MUST_CHECK;
/**
 * Find out whether a key of flash encryption is burnt into eFuses, or the key manager holds one.
 */
bool ef_chip_crypt_key(const struct ef_chip *chip, const struct ef_regs *regs, bool *ret,
		       struct ef_err *err) EF_MUST_CHECK;
/**
 * Find out whether FLASH_CRYPT_CONFIG lets the whole address change the key. True where it is
 * missing.
 */
bool ef_chip_crypt_config(const struct ef_chip *chip, const struct ef_regs *regs, bool *ret,
			  struct ef_err *err) EF_MUST_CHECK;
/** Read the MAC address, in printing order. */
bool ef_chip_mac(const struct ef_chip *chip, const struct ef_regs *regs, uint8_t ret[6],
		 struct ef_err *err) EF_MUST_CHECK;
/**
 * Find out whether these bytes can be the factory's MAC: one board's (not a group's), not all zero,
 * and with the CRC that the eFuses have, where the chip has one.
 */
bool ef_chip_mac_check(const struct ef_chip *chip, const struct ef_regs *regs, const uint8_t mac[6],
		       bool *ret, struct ef_err *err) EF_MUST_CHECK;
/**
 * Find the crystal's frequency in MHz. Where the chip supports several, it is estimated from the
 * UART divider at the current rate (esptool: > 45 -> 48, > 33 -> 40, else 26), or read from the
 * ROM's register. 0: neither gives a crystal that the chip may have, so the line is bad.
 */
bool ef_chip_xtal_mhz(const struct ef_chip *chip, const struct ef_regs *regs, uint32_t rate_hz,
		      uint32_t *ret, struct ef_err *err) EF_MUST_CHECK;

EF_API_END
#endif
