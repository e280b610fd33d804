/* SPDX-License-Identifier: MIT */
/*
 * The highest rate at which each USB bridge is worth a try. It is the bridge's own limit, or the
 * lower one up to which boards with it are used: the flasher proves a rate before it uses it, but a
 * failed try costs a reset.
 *
 * Sources of the limits: the Linux drivers cp210x.c (cp210x_init_max_speed), ch341.c,
 * ftdi_sio.c and pl2303.c (pl2303_type_data); WCH's data sheets CH340DS1, CH343DS1 and
 * CH9102DS1; Silicon Labs' CP2102 and CP2102N data sheets. Sources of what boards use: the
 * "upload.speed" entries of arduino-esp32's boards.txt.
 */
#include <string.h>

#include <espflash/port.h>

/* esptool's documentation: rates up to 460800 work with nearly every adapter and cable. */
#define RATE_OF_MOST 460800u

/*
 * The first row that matches counts. Bridges of one maker may share their ids: then the
 * product name in their USB descriptor tells them apart.
 */
/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): in reading order */
static const struct {
	uint16_t vid, pid;
	const char *product; /* text that the product name contains; NULL: any */
	const char *name;
	uint32_t rate_hz;
} rates[] = {
	/* cp210x.c: 3 Mbaud; boards.txt: 1500000 on M5Stack's boards with a CP2104 */
	{ 0x10c4, 0xea60, "CP2102N", "Silicon Labs CP2102N", 1500000 },
	{ 0x10c4, 0xea60, "CP2104", "Silicon Labs CP2104", 1500000 }, /* 2 Mbaud */
	/* cp210x.c: 1 Mbaud, in a coarse table of rates; 921600 is the next in it */
	{ 0x10c4, 0xea60, NULL, "Silicon Labs CP210x", 921600 },
	{ 0x10c4, 0xea70, NULL, "Silicon Labs CP2105", 921600 }, /* limit of its standard port */
	{ 0x10c4, 0xea71, NULL, "Silicon Labs CP2108", 921600 }, /* 2 Mbaud */
	/* data sheet: 2 Mbaud; boards.txt: 921600, with reports of losses above */
	{ 0x1a86, 0x7523, NULL, "WCH CH340", 921600 },
	{ 0x1a86, 0x7522, NULL, "WCH CH340K", 921600 },
	{ 0x1a86, 0x5523, NULL, "WCH CH341", 921600 },
	{ 0x1a86, 0x55d3, NULL, "WCH CH343", 2000000 },  /* data sheet: 6 Mbaud */
	{ 0x1a86, 0x55d4, NULL, "WCH CH9102", 1500000 }, /* data sheet: 4 Mbaud */
	/* ftdi_sio.c: 3 Mbaud; boards.txt: 1500000 on the M5StickC, which has these ids */
	{ 0x0403, 0x6001, NULL, "FTDI FT232R", 1500000 },
	{ 0x0403, 0x6015, NULL, "FTDI FT-X", 1500000 },
	/* ftdi_sio.c: 12 Mbaud of the H chips, 3 Mbaud of the FT2232C with the same ids */
	{ 0x0403, 0x6010, NULL, "FTDI FT2232", 2000000 },
	{ 0x0403, 0x6011, NULL, "FTDI FT4232H", 2000000 },
	{ 0x0403, 0x6014, NULL, "FTDI FT232H", 2000000 },
	/* pl2303.c: 1228800 of type H; the ids are those of many copies as well */
	{ 0x067b, 0x2303, NULL, "Prolific PL2303", 460800 },
	/* pl2303.c: 12 Mbaud of type HXN, which all these are */
	{ 0x067b, 0x23a3, NULL, "Prolific PL2303GC", 921600 },
	{ 0x067b, 0x23b3, NULL, "Prolific PL2303GB", 921600 },
	{ 0x067b, 0x23c3, NULL, "Prolific PL2303GT", 921600 },
	{ 0x067b, 0x23d3, NULL, "Prolific PL2303GL", 921600 },
	{ 0x067b, 0x23e3, NULL, "Prolific PL2303GE", 921600 },
	{ 0x067b, 0x23f3, NULL, "Prolific PL2303GS", 921600 },
	/* the bridge of the ESP-Prog 2 is an ESP32-S3 */
	{ 0x303a, 0x1002, NULL, "Espressif ESP-Prog bridge", 921600 },
};

uint32_t ef_port_best_rate(const struct ef_port_info *info, const char **ret_name)
{
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		if (rates[i].vid != info->vid || rates[i].pid != info->pid ||
		    (rates[i].product && !strstr(info->product, rates[i].product)))
			continue;
		*ret_name = rates[i].name;
		return rates[i].rate_hz;
	}
	*ret_name = NULL;
	return RATE_OF_MOST;
}
