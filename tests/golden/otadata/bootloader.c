/* SPDX-License-Identifier: MIT */
/*
 * Runs the choice of ESP-IDF's bootloader on the host. idf.inc has its functions, cut out of
 * ESP-IDF by record.sh; here is what they call.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h> /* bzero */
#include <zlib.h>

typedef int esp_err_t;
enum { ESP_OK, ESP_FAIL, ESP_ERR_NOT_FOUND };
#define SPI_SEC_SIZE      4096
#define FLASH_SECTOR_SIZE 4096
#define MAX(a, b)         ((a) > (b) ? (a) : (b))
#define MIN(a, b)         ((a) < (b) ? (a) : (b))
#define ESP_LOGD(...)
#define ESP_LOGI(...)
#define ESP_LOGE(...)
#define ESP_LOGW(...)
#define TRY_LOG_FORMAT ""
#define FACTORY_INDEX  (-1)
#define TEST_APP_INDEX (-2)
#define INVALID_INDEX  (-99)
#define MAX_OTA_SLOTS  16

typedef struct {
	uint32_t offset, size;
} esp_partition_pos_t;
typedef struct {
	uint32_t ota_seq;
	uint8_t seq_label[20];
	uint32_t ota_state, crc;
} esp_ota_select_entry_t;
typedef struct {
	esp_partition_pos_t ota_info, factory, test, ota[16];
	uint32_t app_count;
} bootloader_state_t;
typedef struct {
	int unused;
} esp_image_metadata_t;
enum {
	ESP_OTA_IMG_NEW,
	ESP_OTA_IMG_PENDING_VERIFY,
	ESP_OTA_IMG_VALID,
	ESP_OTA_IMG_INVALID,
	ESP_OTA_IMG_ABORTED
};

static bool ota_has_initial_contents;
static esp_ota_select_entry_t otadata[2];
static char attempts[400];
static size_t attempts_len;

static uint32_t esp_rom_crc32_le(uint32_t crc, const uint8_t *data, uint32_t len)
{
	return (uint32_t)crc32(crc, data, len);
}

static bool esp_efuse_is_flash_encryption_enabled(void)
{
	return false;
}

static const void *bootloader_mmap(uint32_t offset, uint32_t size)
{
	static uint8_t flash[2 * SPI_SEC_SIZE];

	(void)offset, (void)size;
	memcpy(flash, &otadata[0], sizeof(otadata[0]));
	memcpy(flash + SPI_SEC_SIZE, &otadata[1], sizeof(otadata[1]));
	return flash;
}

static void bootloader_munmap(const void *p)
{
	(void)p;
}

static esp_err_t write_otadata(esp_ota_select_entry_t *entry, uint32_t offset, bool encrypted)
{
	(void)entry, (void)offset, (void)encrypted;
	return ESP_OK;
}

static bool check_anti_rollback(const esp_partition_pos_t *part)
{
	(void)part;
	return true;
}

/* No app is valid, so that all attempts are seen. */
static bool try_load_partition(const esp_partition_pos_t *part, esp_image_metadata_t *data)
{
	(void)data;
	if (part->size)
		attempts_len += (size_t)snprintf(attempts + attempts_len,
						 sizeof(attempts) - attempts_len, "%s%x",
						 attempts_len ? "," : "", part->offset);
	return false;
}

static void set_actual_ota_seq(const bootloader_state_t *bs, int index)
{
	(void)bs, (void)index;
}

static void load_image(const esp_image_metadata_t *data)
{
	(void)data;
}

static void log_invalid_app_partition(int index)
{
	(void)index;
}

static void bootloader_reset(void)
{
}

#include "idf.inc"

/* Each line: factory, test app, OTA slots, size of otadata; of each record number, state, CRC. */
int main(void)
{
	unsigned factory, test, slots, size;
	uint32_t v[6];

	while (scanf("%u %u %u %x %x %x %x %x %x %x", &factory, &test, &slots, &size, v, v + 1,
		     v + 2, v + 3, v + 4, v + 5) == 10) {
		bootloader_state_t bs = { .app_count = slots };
		int index;

		if (size)
			bs.ota_info = (esp_partition_pos_t){ 0xd000, size };
		if (factory)
			bs.factory = (esp_partition_pos_t){ 0xfac0, 16 };
		if (test)
			bs.test = (esp_partition_pos_t){ 0x7e57, 16 };
		for (unsigned i = 0; i < slots; i++)
			bs.ota[i] = (esp_partition_pos_t){ 0x10 + i, 16 };
		for (unsigned i = 0; i < 2; i++)
			otadata[i] = (esp_ota_select_entry_t){ .ota_seq = v[3 * i],
							       .ota_state = v[3 * i + 1],
							       .crc = v[3 * i + 2] };
		attempts_len = 0;
		index = bootloader_utility_get_selected_boot_partition(&bs);
		if (index != INVALID_INDEX)
			bootloader_utility_load_boot_image(&bs, index);
		printf("%d %s\n", index, attempts_len ? attempts : "-");
	}
	return 0;
}
