/* SPDX-License-Identifier: MIT */
/*
 * Reads and prints the partition table as the second-stage bootloader does (ESP-IDF
 * bootloader_utility.c, flash_partitions.c). Independent of src/image.
 */
#include "base/hash.h"
#include "sim/boot_parts.h"

#define TABLE_LEN   0xc00u
#define TABLE_FIRST 0x8000u
#define TABLE_LAST  0x20000u

static const char *usage(const struct sim_part *p)
{
	if (p->type == 0) {
		if (p->subtype == 0)
			return "factory app";
		if (p->subtype == 0x20)
			return "test app";
		return p->subtype >= 0x10 && p->subtype <= 0x1f ? "OTA app" : "Unknown app";
	}
	if (p->type == 1) {
		static const char *const names[] = { "OTA data",     "RF data",  "WiFi data",
						     "Unknown data", "NVS keys", "efuse" };

		return p->subtype < EF_ARRAY_LEN(names) ? names[p->subtype] : "Unknown data";
	}
	return "unknown";
}

/*
 * The table's offset is compiled into the bootloader, where we can't see it. Try the
 * usual offset, then take the first sector that starts like a table.
 */
static uint32_t find_table(const struct sim *sim)
{
	for (uint32_t off = TABLE_FIRST; off <= TABLE_LAST; off += SIM_SECTOR)
		if (ef_range_ok(off, SIM_SECTOR, sim->flash.size) &&
		    ef_le16(sim->flash.data + off) == 0x50aa)
			return off;
	return TABLE_FIRST;
}

static bool check_row(struct sim_log *log, const struct sim_part *p, unsigned i,
		      uint32_t header_size)
{
	if (ef_range_ok(p->off, p->size, header_size))
		return true;
	sim_log(log, 'E', "flash_parts",
		"partition %u invalid - offset 0x%x size 0x%x exceeds "
		"flash chip size 0x%x",
		i, p->off, p->size, header_size);
	return false;
}

static bool read_rows(struct sim_log *log, const uint8_t *t, uint32_t header_size,
		      struct sim_table *ret)
{
	bool has_md5 = false;

	ret->count = 0;
	for (unsigned i = 0; i < TABLE_LEN / 32; i++) {
		const uint8_t *row = t + 32u * i;
		struct sim_part *p = &ret->part[ret->count];
		uint8_t digest[16];

		switch (ef_le16(row)) {
		case 0x50aa:
			if (has_md5)
				break;
			*p = (struct sim_part){ .type = row[2],
						.subtype = row[3],
						.off = ef_le32(row + 4),
						.size = ef_le32(row + 8) };
			sim_copy_text(p->label, sizeof(p->label), row + 12, 16);
			if (!check_row(log, p, i, header_size))
				return false;
			ret->count++;
			continue;
		case 0xebeb:
			ef_md5(t, 32u * i, digest);
			if (has_md5 || memcmp(digest, row + 16, 16) != 0) {
				sim_log(log, 'E', "flash_parts", "Incorrect MD5 checksum");
				return false;
			}
			has_md5 = true;
			continue;
		case 0xffff: /* an erased sector is a table without rows */
			return true;
		default:
			break;
		}
		sim_log(log, 'E', "flash_parts", "partition %u invalid magic number 0x%x", i,
			ef_le16(row));
		return false;
	}
	sim_log(log, 'E', "flash_parts", "partition table has no terminating entry, not valid");
	return false;
}

bool sim_table_load(struct sim_log *log, uint32_t header_size, struct sim_table *ret)
{
	struct sim *sim = log->sim;
	uint32_t off = find_table(sim);

	if (!ef_range_ok(off, SIM_SECTOR, sim->flash.size) ||
	    !read_rows(log, sim->flash.data + off, header_size, ret)) {
		sim_log(log, 'E', "boot", "Failed to verify partition table");
		sim_log(log, 'E', "boot", "load partition table error!");
		return false;
	}
	sim_log(log, 'I', "boot", "Partition Table:");
	sim_log(log, 'I', "boot", "## Label            Usage          Type ST Offset   Length");
	for (unsigned i = 0; i < ret->count; i++) {
		const struct sim_part *p = &ret->part[i];

		sim_log(log, 'I', "boot", "%2u %-16s %-16s %02x %02x %08x %08x", i, p->label,
			usage(p), p->type, p->subtype, p->off, p->size);
	}
	sim_log(log, 'I', "boot", "End of partition table");
	return true;
}
