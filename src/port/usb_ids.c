/* SPDX-License-Identifier: MIT */
/*
 * The USB ids of ESP boards: of the serial bridges that boards use, and of the chips themselves.
 * Some ids also reveal the chip behind them.
 *
 * Sources: the id tables of the Linux drivers cp210x, ch341, ftdi_sio and
 * pl2303; WCH's own driver (github.com/WCHSoftGroup/ch343ser_linux);
 * github.com/espressif/usb-pids for Espressif's vendor id, which Espressif lends
 * to boards with its chips, so any product of that vendor counts; the "hwids" of
 * the boards in github.com/platformio/platform-espressif32 for boards by name.
 */
#include <espflash/port.h>

const struct ef_usb_id ef_known_usb_ids[] = {
	/* Espressif */
	{ 0x303a, 0x1001, "Espressif USB-Serial/JTAG", "ESP32-S3, C3, C5, C6, C61, H2 or P4" },
	{ 0x303a, 0x1002, "Espressif ESP-Prog bridge", NULL },
	{ 0x303a, 0x0002, "Espressif ESP32-S2 USB-OTG", "ESP32-S2" },
	{ 0x303a, 0x0009, "Espressif ESP32-S3 USB-OTG", "ESP32-S3" },
	{ 0x303a, 0x4001, "Espressif TinyUSB CDC", "ESP32-S2, S3 or P4" },
	{ 0x303a, 0x8001, "Unexpected Maker TinyS2", "ESP32-S2" },
	{ 0x303a, 0x80a9, "Franzininho WiFi", "ESP32-S2" },
	{ 0x303a, 0x80b4, "Unexpected Maker FeatherS2 Neo", "ESP32-S2" },
	{ 0x303a, 0x80c2, "WEMOS LOLIN S2 Mini", "ESP32-S2" },
	{ 0x303a, 0x80c5, "WEMOS LOLIN S2 PICO", "ESP32-S2" },
	{ 0x303a, 0x80d0, "Unexpected Maker S3 board", "ESP32-S3" },
	{ 0x303a, 0x80df, "BPI-Leaf-S3", "ESP32-S3" },
	{ 0x303a, 0x80f6, "Unexpected Maker RMP", "ESP32-S2" },
	{ 0x303a, 0x80f8, "Cytron Maker Feather AIoT S3", "ESP32-S3" },
	{ 0x303a, 0x80ff, "Department of Alchemy MiniMain ESP32-S2", "ESP32-S2" },
	{ 0x303a, 0x810d, "Smart Bee Motion", "ESP32-S2" },
	{ 0x303a, 0x8110, "Smart Bee S3", "ESP32-S3" },
	{ 0x303a, 0x8113, "Smart Bee Motion S3", "ESP32-S3" },
	{ 0x303a, 0x8119, "M5Stack CoreS3", "ESP32-S3" },
	{ 0x303a, 0x8141, "Deneyap Mini", "ESP32-S2" },
	{ 0x303a, 0x8144, "Deneyap Mini v2", "ESP32-S2" },
	{ 0x303a, 0x8147, "Deneyap Kart 1A v2", "ESP32-S3" },
	{ 0x303a, 0x815c, "Smart Bee Data Logger", "ESP32-S3" },
	{ 0x303a, 0x8161, "WEMOS LOLIN S3 PRO", "ESP32-S3" },
	{ 0x303a, 0x8167, "WEMOS LOLIN S3 Mini", "ESP32-S3" },
	{ 0x303a, 0x8179, "Unexpected Maker NanoS3", "ESP32-S3" },
	{ 0x303a, 0x81b8, "senseBox MCU-S2 ESP32-S2", "ESP32-S2" },
	{ 0x303a, 0x81b9, "senseBox MCU-S2 ESP32-S2", "ESP32-S2" },
	{ 0x303a, 0x81ba, "senseBox MCU-S2 ESP32-S2", "ESP32-S2" },
	{ 0x303a, 0x81bb, "ESP32-S3 PowerFeather", "ESP32-S3" },
	{ 0x303a, 0x83cf, "DFRobot Firebeetle 2 ESP32-S3", "ESP32-S3" },
	{ 0x303a, 0, "Espressif", NULL },
	/* Silicon Labs */
	{ 0x10c4, 0xea60, "Silicon Labs CP210x", NULL },
	{ 0x10c4, 0xea61, "Silicon Labs CP210x", NULL },
	{ 0x10c4, 0xea63, "Silicon Labs CP210x", NULL },
	{ 0x10c4, 0xea64, "Silicon Labs CP2102C", NULL },
	{ 0x10c4, 0xea70, "Silicon Labs CP2105", NULL },
	{ 0x10c4, 0xea71, "Silicon Labs CP2108", NULL },
	{ 0x10c4, 0xea7a, "Silicon Labs CP2105", NULL },
	{ 0x10c4, 0xea7b, "Silicon Labs CP2108", NULL },
	/* WCH */
	{ 0x1a86, 0x5523, "WCH CH341", NULL },
	{ 0x1a86, 0x7522, "WCH CH340K", NULL },
	{ 0x1a86, 0x7523, "WCH CH340", NULL },
	{ 0x1a86, 0x55d2, "WCH CH342", NULL },
	{ 0x1a86, 0x55d3, "WCH CH343", NULL },
	{ 0x1a86, 0x55d4, "WCH CH9102", NULL },
	{ 0x1a86, 0x55d5, "WCH CH344", NULL },
	{ 0x1a86, 0x55d6, "WCH CH9143", NULL },
	{ 0x1a86, 0x55d7, "WCH CH9103", NULL },
	{ 0x1a86, 0x55d8, "WCH CH9101", NULL },
	{ 0x1a86, 0x55da, "WCH CH347", NULL },
	{ 0x1a86, 0x55db, "WCH CH347", NULL },
	{ 0x1a86, 0x55dd, "WCH CH347", NULL },
	{ 0x1a86, 0x55de, "WCH CH347F", NULL },
	{ 0x1a86, 0x55e7, "WCH CH339W", NULL },
	{ 0x1a86, 0x55df, "WCH CH9104", NULL },
	{ 0x1a86, 0x55e8, "WCH CH9114", NULL },
	{ 0x1a86, 0x55e9, "WCH CH9111", NULL },
	{ 0x1a86, 0x55ea, "WCH CH9111", NULL },
	{ 0x1a86, 0x55eb, "WCH CH346C", NULL },
	{ 0x1a86, 0x55ec, "WCH CH346C", NULL },
	{ 0x4348, 0x5523, "WCH CH341", NULL },
	{ 0x9986, 0x7523, "WCH CH340", NULL },
	/* FTDI */
	{ 0x0403, 0x6001, "FTDI FT232R", NULL },
	{ 0x0403, 0x6010, "FTDI FT2232", NULL },
	{ 0x0403, 0x6011, "FTDI FT4232H", NULL },
	{ 0x0403, 0x6014, "FTDI FT232H", NULL },
	{ 0x0403, 0x6015, "FTDI FT-X", NULL },
	{ 0x0403, 0x6040, "FTDI FT2233HP", NULL },
	{ 0x0403, 0x6041, "FTDI FT4233HP", NULL },
	{ 0x0403, 0x6042, "FTDI FT2232HP", NULL },
	{ 0x0403, 0x6043, "FTDI FT4232HP", NULL },
	{ 0x0403, 0x6044, "FTDI FT233HP", NULL },
	{ 0x0403, 0x6045, "FTDI FT232HP", NULL },
	{ 0x0403, 0x6048, "FTDI FT4232HA", NULL },
	/* Prolific */
	{ 0x067b, 0x2303, "Prolific PL2303", NULL },
	{ 0x067b, 0x2304, "Prolific PL2303TB", NULL },
	{ 0x067b, 0x23a3, "Prolific PL2303GC", NULL },
	{ 0x067b, 0x23b3, "Prolific PL2303GB", NULL },
	{ 0x067b, 0x23c3, "Prolific PL2303GT", NULL },
	{ 0x067b, 0x23d3, "Prolific PL2303GL", NULL },
	{ 0x067b, 0x23e3, "Prolific PL2303GE", NULL },
	{ 0x067b, 0x23f3, "Prolific PL2303GS", NULL },
	/* boards with an id of their own */
	{ 0x2341, 0x0070, "Arduino Nano ESP32", "ESP32-S3" },
	{ 0x10c4, 0x8d9a, "Connaxio's Espoir", "ESP32" },
	{ 0x16d0, 0x1178, "unPhone 9", "ESP32-S3" },
	{ 0x1b4f, 0x0027, "SparkFun ESP32-S2 Thing Plus", "ESP32-S2" },
	{ 0x239a, 0x00df, "Adafruit Metro ESP32-S2", "ESP32-S2" },
	{ 0x239a, 0x00e5, "Adafruit MagTag 2.9", "ESP32-S2" },
	{ 0x239a, 0x00eb, "Adafruit Feather ESP32-S2", "ESP32-S2" },
	{ 0x239a, 0x00ed, "Adafruit Feather ESP32-S2 Reverse TFT", "ESP32-S2" },
	{ 0x239a, 0x00f9, "Adafruit FunHouse", "ESP32-S2" },
	{ 0x239a, 0x010f, "Adafruit Feather ESP32-S2 TFT", "ESP32-S2" },
	{ 0x239a, 0x0111, "Adafruit QT Py ESP32-S2", "ESP32-S2" },
	{ 0x239a, 0x0117, "Adafruit pyCamera S3", "ESP32-S3" },
	{ 0x239a, 0x0119, "Adafruit QT Py ESP32-S3", "ESP32-S3" },
	{ 0x239a, 0x011b, "Adafruit Feather ESP32-S3", "ESP32-S3" },
	{ 0x239a, 0x011d, "Adafruit Feather ESP32-S3 TFT", "ESP32-S3" },
	{ 0x239a, 0x0123, "Adafruit Feather ESP32-S3 Reverse TFT", "ESP32-S3" },
	{ 0x239a, 0x0125, "Adafruit MatrixPortal ESP32-S3", "ESP32-S3" },
	{ 0x239a, 0x0143, "Adafruit QT Py ESP32-S3", "ESP32-S3" },
	{ 0x239a, 0x0145, "Adafruit Metro ESP32-S3", "ESP32-S3" },
	{ 0x239a, 0x0147, "Adafruit Qualia ESP32-S3 RGB666", "ESP32-S3" },
	{ 0x239a, 0x80ab, "Unexpected Maker FeatherS2", "ESP32-S2" },
	{ 0x239a, 0x80c5, "microS2", "ESP32-S2" },
	{ 0x239a, 0x80df, "Adafruit Metro ESP32-S2", "ESP32-S2" },
	{ 0x239a, 0x80e0, "Adafruit Metro ESP32-S2", "ESP32-S2" },
	{ 0x239a, 0x80e5, "Adafruit MagTag 2.9", "ESP32-S2" },
	{ 0x239a, 0x80e6, "Adafruit MagTag 2.9", "ESP32-S2" },
	{ 0x239a, 0x80eb, "Adafruit Feather ESP32-S2", "ESP32-S2" },
	{ 0x239a, 0x80ec, "Adafruit Feather ESP32-S2", "ESP32-S2" },
	{ 0x239a, 0x80ed, "Adafruit Feather ESP32-S2 Reverse TFT", "ESP32-S2" },
	{ 0x239a, 0x80ee, "Adafruit Feather ESP32-S2 Reverse TFT", "ESP32-S2" },
	{ 0x239a, 0x80f9, "Adafruit FunHouse", "ESP32-S2" },
	{ 0x239a, 0x80fa, "Adafruit FunHouse", "ESP32-S2" },
	{ 0x239a, 0x810f, "Adafruit Feather ESP32-S2 TFT", "ESP32-S2" },
	{ 0x239a, 0x8110, "Adafruit Feather ESP32-S2 TFT", "ESP32-S2" },
	{ 0x239a, 0x8111, "Adafruit QT Py ESP32-S2", "ESP32-S2" },
	{ 0x239a, 0x8112, "Adafruit QT Py ESP32-S2", "ESP32-S2" },
	{ 0x239a, 0x8117, "Adafruit pyCamera S3", "ESP32-S3" },
	{ 0x239a, 0x8118, "Adafruit pyCamera S3", "ESP32-S3" },
	{ 0x239a, 0x8119, "Adafruit QT Py ESP32-S3", "ESP32-S3" },
	{ 0x239a, 0x811a, "Adafruit QT Py ESP32-S3", "ESP32-S3" },
	{ 0x239a, 0x811b, "Adafruit Feather ESP32-S3", "ESP32-S3" },
	{ 0x239a, 0x811c, "Adafruit Feather ESP32-S3", "ESP32-S3" },
	{ 0x239a, 0x811d, "Adafruit Feather ESP32-S3 TFT", "ESP32-S3" },
	{ 0x239a, 0x811e, "Adafruit Feather ESP32-S3 TFT", "ESP32-S3" },
	{ 0x239a, 0x8123, "Adafruit Feather ESP32-S3 Reverse TFT", "ESP32-S3" },
	{ 0x239a, 0x8124, "Adafruit Feather ESP32-S3 Reverse TFT", "ESP32-S3" },
	{ 0x239a, 0x8125, "Adafruit MatrixPortal ESP32-S3", "ESP32-S3" },
	{ 0x239a, 0x8126, "Adafruit MatrixPortal ESP32-S3", "ESP32-S3" },
	{ 0x239a, 0x8143, "Adafruit QT Py ESP32-S3", "ESP32-S3" },
	{ 0x239a, 0x8144, "Adafruit QT Py ESP32-S3", "ESP32-S3" },
	{ 0x239a, 0x8145, "Adafruit Metro ESP32-S3", "ESP32-S3" },
	{ 0x239a, 0x8146, "Adafruit Metro ESP32-S3", "ESP32-S3" },
	{ 0x239a, 0x8147, "Adafruit Qualia ESP32-S3 RGB666", "ESP32-S3" },
	{ 0x239a, 0x8148, "Adafruit Qualia ESP32-S3 RGB666", "ESP32-S3" },
	{ 0x2886, 0x0046, "Seeed Studio XIAO ESP32C3", "ESP32-C3" },
	{ 0x2886, 0x0048, "Seeed Studio XIAO ESP32C6", "ESP32-C6" },
	{ 0x2886, 0x0056, "Seeed Studio XIAO ESP32S3", "ESP32-S3" },
	{ 0x2886, 0x8048, "Seeed Studio XIAO ESP32C6", "ESP32-C6" },
	{ 0x2886, 0x8056, "Seeed Studio XIAO ESP32S3", "ESP32-S3" },
	{ 0x3343, 0x8364, "DFRobot Beetle ESP32-C3", "ESP32-C3" },
	{ 0, 0, NULL, NULL },
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

/* Espressif's own bridges */
#define PID_BRIDGE       0x1002u
#define PID_OTHER_BRIDGE 0x1003u

bool ef_usb_is_chip(const struct ef_port_info *info)
{
	return info->vid == EF_VID_ESPRESSIF && info->pid != PID_BRIDGE &&
	       info->pid != PID_OTHER_BRIDGE;
}
