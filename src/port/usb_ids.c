/* SPDX-License-Identifier: MIT */
/*
 * Knows which USB ids are, or lead to, an ESP board: the bridges that boards
 * carry, and Espressif's own.
 *
 * Sources: the id tables of the Linux drivers cp210x, ch341, ftdi_sio and
 * pl2303; WCH's own driver (github.com/WCHSoftGroup/ch343ser_linux);
 * github.com/espressif/usb-pids for Espressif's vendor id, which it lends to
 * boards with its chips, so any product of it counts.
 */
#include <espflash/port.h>

const struct ef_usb_id ef_known_usb_ids[] = {
	/* Espressif */
	{ 0x303a, 0x1001, "Espressif USB-Serial/JTAG" },
	{ 0x303a, 0x1002, "Espressif ESP-Prog bridge" },
	{ 0x303a, 0x0002, "Espressif ESP32-S2 USB-OTG" },
	{ 0x303a, 0x0009, "Espressif ESP32-S3 USB-OTG" },
	{ 0x303a, 0x4001, "Espressif TinyUSB CDC" },
	{ 0x303a, 0, "Espressif" },
	/* Silicon Labs */
	{ 0x10c4, 0xea60, "Silicon Labs CP210x" },
	{ 0x10c4, 0xea61, "Silicon Labs CP210x" },
	{ 0x10c4, 0xea63, "Silicon Labs CP210x" },
	{ 0x10c4, 0xea64, "Silicon Labs CP2102C" },
	{ 0x10c4, 0xea70, "Silicon Labs CP2105" },
	{ 0x10c4, 0xea71, "Silicon Labs CP2108" },
	{ 0x10c4, 0xea7a, "Silicon Labs CP2105" },
	{ 0x10c4, 0xea7b, "Silicon Labs CP2108" },
	/* WCH */
	{ 0x1a86, 0x5523, "WCH CH341" },
	{ 0x1a86, 0x7522, "WCH CH340K" },
	{ 0x1a86, 0x7523, "WCH CH340" },
	{ 0x1a86, 0x55d2, "WCH CH342" },
	{ 0x1a86, 0x55d3, "WCH CH343" },
	{ 0x1a86, 0x55d4, "WCH CH9102" },
	{ 0x1a86, 0x55d5, "WCH CH344" },
	{ 0x1a86, 0x55d6, "WCH CH9143" },
	{ 0x1a86, 0x55d7, "WCH CH9103" },
	{ 0x1a86, 0x55d8, "WCH CH9101" },
	{ 0x1a86, 0x55da, "WCH CH347" },
	{ 0x1a86, 0x55db, "WCH CH347" },
	{ 0x1a86, 0x55dd, "WCH CH347" },
	{ 0x1a86, 0x55de, "WCH CH347F" },
	{ 0x1a86, 0x55df, "WCH CH9104" },
	{ 0x1a86, 0x55e8, "WCH CH9114" },
	{ 0x1a86, 0x55e9, "WCH CH9111" },
	{ 0x1a86, 0x55ea, "WCH CH9111" },
	{ 0x4348, 0x5523, "WCH CH341" },
	/* FTDI */
	{ 0x0403, 0x6001, "FTDI FT232R" },
	{ 0x0403, 0x6010, "FTDI FT2232" },
	{ 0x0403, 0x6011, "FTDI FT4232H" },
	{ 0x0403, 0x6014, "FTDI FT232H" },
	{ 0x0403, 0x6015, "FTDI FT-X" },
	{ 0x0403, 0x6048, "FTDI FT4232HA" },
	/* Prolific */
	{ 0x067b, 0x2303, "Prolific PL2303" },
	{ 0x067b, 0x2304, "Prolific PL2303TB" },
	{ 0x067b, 0x23a3, "Prolific PL2303GC" },
	{ 0x067b, 0x23b3, "Prolific PL2303GB" },
	{ 0x067b, 0x23c3, "Prolific PL2303GT" },
	{ 0x067b, 0x23d3, "Prolific PL2303GL" },
	{ 0x067b, 0x23e3, "Prolific PL2303GE" },
	{ 0x067b, 0x23f3, "Prolific PL2303GS" },
	/* boards with an id of their own */
	{ 0x2341, 0x0070, "Arduino Nano ESP32" },
	{ 0, 0, NULL },
};

const struct ef_usb_id *ef_usb_known(uint16_t vid, uint16_t pid)
{
	const struct ef_usb_id *vendor = NULL;

	for (const struct ef_usb_id *id = ef_known_usb_ids; id->vid; id++) {
		if (id->vid != vid)
			continue;
		if (id->pid == pid)
			return id;
		if (id->pid == 0)
			vendor = id;
	}
	return vendor;
}
