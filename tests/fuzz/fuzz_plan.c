/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as the content of a plan. The first eight bytes choose chip, address, what
 * is kept of it, the eFuses and the flash size; the rest is written, and is the chip's table, too.
 * Whatever it is, refusals come first, each with words, and nothing hangs.
 */
#include <stdlib.h>

#include "base/bytes.h"
#include <espflash/chip.h>
#include <espflash/content.h>
#include <espflash/plan.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ef_findings found;

static void check(bool is_true)
{
	if (!is_true)
		abort();
}

static void check_findings(void)
{
	bool was_warning = false;

	check(found.count <= EF_FINDINGS_MAX);
	for (size_t i = 0; i < found.count; i++) {
		check(!(was_warning && found.v[i].is_refusal));
		was_warning |= !found.v[i].is_refusal;
		check(found.v[i].err.msg[0] != '\0' && found.v[i].err.code != EF_OK);
	}
}

static struct ef_target make_target(const uint8_t head[8])
{
	size_t count = 0;

	while (ef_chips[count])
		count++;
	return (struct ef_target){
		.chip = ef_chips[head[0] % count],
		.has_revision = head[1] & 1,
		.revision = (uint16_t)(head[1] * 2),
		.flash_size = head[2] & 1 ? 4u << 20 : 0,
		.reach = head[2] & 2 ? 16u << 20 : 0,
		.locks = { .is_secure_boot = head[3] & 1,
			   .is_secure_boot_v1 = head[3] & 2,
			   .is_encrypted = head[3] & 4,
			   .has_no_encrypt = head[3] & 8,
			   .is_key_manager = head[3] & 16 },
	};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ef_partition_table table;
	struct ef_err ignored = EF_ERR_INIT;
	struct ef_plan_region r = { .region = { .label = "x" } };
	struct ef_plan_erase e = { 0 };
	struct ef_plan plan = { .regions = &r, .region_count = 1, .erases = &e };
	struct ef_target target;

	if (size < 8)
		return 0;
	target = make_target(data);
	r.region.addr = (uint32_t)data[4] << 12;
	r.region.data = data + 8;
	r.region.len = (uint32_t)size - 8;
	r.kept = data[5] % (r.region.len + 1);
	r.kept_end = data[6] % (r.region.len - r.kept + 1);
	e = (struct ef_plan_erase){ .addr = r.region.addr,
				    .len = data[7] * 0x1000u,
				    .is_whole = data[7] == 255 };
	plan.erase_count = data[7] & 1;
	if (ef_partition_parse_binary(data + 8, size - 8, &table, &ignored))
		target.table = &table;
	check(*ef_content_name(ef_content_of(data, size)) != '\0');
	(void)ef_plan_needs_table(&plan);
	ef_plan_check(&plan, &target, &found);
	check_findings();
	return 0;
}
