/* SPDX-License-Identifier: MIT */
/* Compiled against the installed headers and library: what somebody else's program does. */
#include <stdio.h>
#include <string.h>

#include <espflash/chip.h>
#include <espflash/content.h>
#include <espflash/err.h>
#include <espflash/flasher.h>
#include <espflash/image.h>
#include <espflash/log.h>
#include <espflash/monitor.h>
#include <espflash/partition.h>
#include <espflash/plan.h>
#include <espflash/port.h>
#include <espflash/region.h>
#include <espflash/reset.h>
#include <espflash/rom.h>

/* Never run: what a flasher of one's own is made of has to link. */
static int flash(const char *name)
{
	const struct ef_plan plan = { .region_count = 0 };
	const struct ef_checked *checked = NULL;
	struct ef_err err = EF_ERR_INIT;
	struct ef_port *port = NULL;
	struct ef_flasher *flasher = NULL;
	bool ok = ef_port_open(name, &(struct ef_port_config){ .rate_hz = 0 }, &port, &err) &&
		  ef_flasher_connect(port, &(struct ef_connect_opts){ 0 }, &flasher, &err) &&
		  ef_flasher_check(flasher, &plan, false, NULL, &checked, &err) &&
		  ef_flasher_write(flasher, checked, &(struct ef_write_opts){ 0 }, NULL, &err) &&
		  ef_monitor_run(port, &(struct ef_monitor_opts){ 0 }, &err);

	ef_flasher_close(flasher);
	ef_port_close(port);
	return !ok;
}

int main(int argc, char **argv)
{
	const struct ef_chip *chip = ef_chip_by_name("esp32c3");
	static struct ef_partition_table table;
	static uint8_t bytes[EF_PARTITION_TABLE_SIZE];
	struct ef_err err = EF_ERR_INIT;
	struct ef_port *port = NULL;

	if (argc > 1)
		return flash(argv[1]);
	if (!chip || chip != ef_chip_by_image_id(5)) {
		(void)fprintf(stderr, "no ESP32-C3 in the library\n");
		return 1;
	}
	ef_partition_default_at(0, 4u << 20, &table);
	if (!ef_partition_to_binary(&table, bytes, &err) || bytes[0] != 0xaa || bytes[1] != 0x50) {
		(void)fprintf(stderr, "no partition table: %s\n", err.msg);
		return 1;
	}
	if (ef_port_open("/nonexistent/port", &(struct ef_port_config){ .rate_hz = 0 }, &port,
			 &err) ||
	    err.code != EF_E_PORT || !strstr(err.msg, "/nonexistent/port")) {
		(void)fprintf(stderr, "a missing port: code %d, '%s'\n", (int)err.code, err.msg);
		ef_port_close(port);
		return 1;
	}
	return 0;
}
