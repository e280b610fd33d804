/* SPDX-License-Identifier: MIT */
/*
 * The program's words for each verdict: the remedy, its options, and the chapter of
 * docs/troubleshooting.md. The remedies come from users' reports and from Espressif's pages on boot
 * mode selection and troubleshooting.
 */
#include "cli/table/verdict_words.h"
#include "base/util.h"

#define WIRING  "auto-reset.svg"
#define BUTTONS "hold BOOT, press RESET, release both"

/* The rows are in the order of the enum, which tests/unit/test_verdicts.c checks. */
static const struct verdict_words table[EF_VERDICT_COUNT] = {
	{
		.verdict = EF_VERDICT_NONE,
		.title = "No reply, nothing known",
		.signature = "nothing was tried, or nothing was received and nothing sent",
		.next = "check the port and the cable",
		.options = "",
	},
	{
		.verdict = EF_VERDICT_SILENT,
		.title = "The chip is silent",
		.signature = "the chip sent no byte on any attempt: no answer and no boot log",
		.next = "check that this is the board's port ('espflash-c list-ports'), that the "
			"chip has power and EN is at 3.3 V, and its TX reaches the adapter's RX; "
			"or " BUTTONS,
		.next_no_lines = "put the chip into download mode (" BUTTONS ")",
		.options = " --before no-reset",
		.doc = "A chip prints a boot log after every reset, in every boot mode. Here not "
		       "even that arrived. Either the wire from the chip's TX to the adapter's RX "
		       "is open, or the chip has no power, or something holds EN low (a shorted "
		       "RESET button, another program that asserts RTS), or this is another "
		       "device's port. Measure EN: it must be at 3.3 V. A board without "
		       "connections for DTR and RTS looks the same if its application prints "
		       "nothing: press BOOT and RESET to find out. On an adapter with two "
		       "channels (FT2232) the chip's UART is on the second one.",
	},
	{
		.verdict = EF_VERDICT_PORT_FLAPS,
		.title = "The port goes away and comes back",
		.signature = "the port vanished at least twice without a reset by this program",
		.next = "unplug the board, hold BOOT, plug it in, release BOOT, and replace the "
			"firmware ('espflash-c erase-flash'); if it goes on then, use another "
			"cable and no hub",
		.options = "",
		.doc = "On chips with native USB the running firmware provides the port. Firmware "
		       "that crashes at once takes the port with it each time. BOOT forces "
		       "download mode, in which the ROM provides the port, so it stays.",
	},
	{
		.verdict = EF_VERDICT_USB_BUSY,
		.title = "The firmware has the chip's own USB port",
		.signature = "the port is the chip's native USB (VID 303a); the chip answers no "
			     "SYNC and prints no boot log after a reset",
		.next = "hold BOOT while you press RESET or plug the board in",
		.options = "",
		.doc = "The chip can't be reset through USB if its firmware uses USB for itself "
		       "(TinyUSB, a keyboard), uses the USB pins for something else, or sleeps. "
		       "BOOT and RESET always work. After flashing, press RESET once.",
	},
	{
		.verdict = EF_VERDICT_NO_SYNC_REPLY,
		.title = "The chip waits for download but does not hear us",
		.signature = "`waiting for download`, `wait uart0 download` or `boot:` with a "
			     "download mode, but no answer to SYNC",
		.next = "check the wire from the adapter's TX to the chip's RX (and that nothing "
			"else drives it); on a board with two USB ports use the other one",
		.options = "",
		.doc = "The reset line and the boot pin work, and the chip's TX reaches the "
		       "adapter. Only the other direction fails: the adapter's TX isn't connected "
		       "to the chip's RX (GPIO3 on ESP32), a peripheral on the board drives that "
		       "line, or a level shifter works in one direction only. A board with both a "
		       "USB bridge and native USB prints on both ports, but may listen only on "
		       "the other one.",
	},
	{
		.verdict = EF_VERDICT_FLASH_BOOT,
		.title = "Reset works, but the chip boots from flash",
		.signature = "a boot log with `SPI_FAST_FLASH_BOOT` after this program's resets, "
			     "or an application that restarts after each reset and is silent "
			     "while EN is low",
		.next = BUTTONS "; to cure it put 1 to 10 uF between EN and GND, or check the wire "
				"from DTR to the boot pin",
		.next_no_lines = BUTTONS,
		.options = " --before no-reset",
		.doc = "The chip samples its boot pin when EN rises. Between its two changes of "
		       "DTR and RTS the usual circuit releases both EN and the boot pin. Without "
		       "a capacitor at EN the chip may start at that moment; with a very large "
		       "one it starts only after the program has released the boot pin. The "
		       "program tries short and long delays and both orders, and the message "
		       "lists them. To choose your own, set the delay with `--reset-delay` or the "
		       "whole sequence with `--reset-sequence`.",
		.picture = WIRING,
	},
	{
		.verdict = EF_VERDICT_EMPTY_FLASH,
		.title = "The flash is empty, and the chip tries to boot from it",
		.signature = "`invalid header: 0xffffffff`, repeatedly",
		.next = BUTTONS "; to cure it put 1 to 10 uF between EN and GND, or check the wire "
				"from DTR to the boot pin",
		.next_no_lines = BUTTONS,
		.options = " --before no-reset",
		.doc = "An empty flash is not a fault, and neither is the endless restart: the "
		       "ROM finds nothing to start, and its watchdog resets the chip. The problem "
		       "is that the chip did not enter download mode; see "
		       "[flash-boot](#flash-boot).",
		.picture = WIRING,
	},
	{
		.verdict = EF_VERDICT_OTHER_STARTS,
		.title = "The chip starts, but not with each reset",
		.signature = "boot logs with `SPI_FAST_FLASH_BOOT` after some of this program's "
			     "resets only, or more of them than resets",
		.next = BUTTONS "; then check the wires of DTR and RTS, and that nothing else "
				"resets the chip",
		.options = " --before no-reset",
		.doc = "A chip that boots from flash after each reset by this program obeys the "
		       "line at EN, and only its boot pin is wrong (see "
		       "[flash-boot](#flash-boot)). Here the starts and the resets don't match. "
		       "Somebody pressed RESET, a chip on the board watches the firmware and "
		       "resets it, a wire is loose, or EN rises so slowly (more than half a "
		       "second) that the next reset comes before the start.",
		.picture = WIRING,
	},
	{
		.verdict = EF_VERDICT_BOOT_MODE,
		.title = "The strapping pins choose another mode",
		.signature = "a boot log whose `boot:` value means neither download nor flash boot",
		.next = "give the second strapping pin its level while BOOT is low: GPIO2 (ESP32) "
			"and GPIO46 (S2, S3) low, GPIO8 (RISC-V chips; GPIO27 on C5, 36 on P4, 60 "
			"on S31) high",
		.options = "",
		.doc = "The number after `boot:` gives the levels of the strapping pins when EN "
		       "rose. The message names the pins of this chip. Something on the board (a "
		       "sensor, an LED, a pull-up or pull-down resistor) holds one of them at the "
		       "wrong level.",
	},
	{
		.verdict = EF_VERDICT_BROWNOUT,
		.title = "The supply is too weak",
		.signature = "a boot log whose `rst:` reason is a brown-out or a power glitch",
		.next = "use another cable (short, thick), another USB port without a hub, or a "
			"separate 3.3 V supply of 500 mA; put 10 to 100 uF at the chip's 3.3 V",
		.options = "",
		.doc = "The chip's supply voltage fell below its limit, usually when the radio "
		       "started. Common causes are thin cables, unpowered hubs and an adapter's "
		       "3.3 V output (50 mA).",
	},
	{
		.verdict = EF_VERDICT_WATCHDOG,
		.title = "The chip restarts by itself",
		.signature = "repeated boot logs, none of them caused by this program's resets",
		.next = BUTTONS,
		.options = " --before no-reset",
		.doc = "The firmware crashes or hangs, and a watchdog restarts the chip; `rst:` "
		       "says which one. DTR and RTS seem not to be connected to EN and the boot "
		       "pin, because they never started the chip.",
		.picture = WIRING,
	},
	{
		.verdict = EF_VERDICT_DOWNLOAD_RESTARTS,
		.title = "A watchdog ends download mode",
		.signature = "repeated boot logs in download mode, each after a watchdog reset",
		.next = "unplug the board for some seconds, hold BOOT while you plug it in",
		.options = "",
		.doc = "A watchdog that the firmware started keeps running through a reset that "
		       "doesn't reach the RTC, such as a reset by USB. Removing the power stops "
		       "it. Once connected, the program disables these watchdogs.",
	},
	{
		.verdict = EF_VERDICT_APP_UNAFFECTED,
		.title = "An application runs on, unaffected by resets",
		.signature = "text without a boot log, which continues through this program's "
			     "resets",
		.next = BUTTONS,
		.options = " --before no-reset",
		.doc = "Boards without the two transistors (ESP32-CAM, bare modules on an FTDI "
		       "cable) must be put into download mode by hand. On a terminal, or with "
		       "`--wait`, the program keeps trying to connect while you do that. A chip "
		       "whose boot log an eFuse has disabled may look the same although it "
		       "restarts; then its boot pin isn't low, and the remedy is the same.",
		.picture = WIRING,
	},
	{
		.verdict = EF_VERDICT_ECHO,
		.title = "Our own bytes come back",
		.signature = "the sent bytes come back, alone or among a chip's words and answers",
		.next = "look for a short between TX and RX, check that TX goes to the chip's RX "
			"and RX to its TX, and that this is the board's port; if the firmware "
			"echoes its input, " BUTTONS,
		.options = "",
		.doc = "On a line whose two wires touch, each end hears itself. A chip in "
		       "download mode then takes its own answers for requests and answers those, "
		       "so no session is possible although the chip hears. Solder bridges between "
		       "neighbouring pins and adapters with a loopback jumper do that. Without a "
		       "chip the result is the same.",
	},
	{
		.verdict = EF_VERDICT_OTHER_RATE,
		.title = "The chip talks at another rate",
		.signature = "garbage at 115200 baud, and a readable boot log at another rate",
		.next = BUTTONS,
		.options = " --before no-reset --baud 74880",
		.doc = "A ROM that expects a 40 MHz crystal prints its log at 74880 baud if the "
		       "crystal has 26 MHz. In download mode the ROM measures the host's rate, so "
		       "flashing works. The boot log says why the chip isn't in download mode: "
		       "read it with `espflash-c monitor --monitor-baud 74880`.",
	},
	{
		.verdict = EF_VERDICT_GARBAGE,
		.title = "What comes back is garbage",
		.signature = "bytes that are neither text nor answers at any usual rate",
		.next = "check for a missing common ground, 5 V against 3.3 V levels, a long or "
			"bad cable; try a slower rate",
		.options = " --baud 57600",
		.doc = "After garbage the program resets the chip and listens at other rates. It "
		       "found text at none of them.",
	},
	{
		.verdict = EF_VERDICT_ESP8266,
		.title = "This is an ESP8266",
		.signature = "`boot mode:(3,6)` in the boot log",
		.next = "the ESP8266 is not supported: use 'esptool chip-id'",
	},
	{
		.verdict = EF_VERDICT_STUB_REFUSED,
		.title = "The flasher stub arrives damaged",
		.signature = "the ROM answers writes to RAM with status 01 07 (checksum), even "
			     "with small blocks",
		.next = "do without it: '--no-stub'; on macOS a CH9102 or CH343 needs the maker's "
			"driver (the port is then called 'wchusbserial')",
		.doc = "This happens with CH9102 bridges and Apple's own driver, which loses "
		       "bytes of long writes. The program has already tried again with smaller "
		       "blocks.",
	},
	{
		.verdict = EF_VERDICT_NO_FLASH,
		.title = "The flash does not answer",
		.signature = "the flash id reads `ffffff` or `000000`",
		.next = "check the flash's supply and solder joints; on an ESP32 disconnect GPIO12 "
			"(MTDI): a pull-up or a JTAG adapter there makes its supply 1.8 V",
		.doc = "The chip itself works. On the ESP32 the level of GPIO12 at reset selects "
		       "the voltage of the flash; an eFuse can set it permanently (`espefuse "
		       "set-flash-voltage 3.3V`).",
	},
	{
		.verdict = EF_VERDICT_SECURE_DOWNLOAD,
		.title = "Secure download mode",
		.signature = "the chip refuses register reads and stubs, and its security info "
			     "confirms the mode",
		.next = "do what works there: 'flash', 'write-bin' and erasing; nothing can be "
			"read",
		.doc = "This is not a fault: an eFuse permanently limits what download mode may "
		       "do. The program can still flash, without a stub and without reading.",
	},
	{
		.verdict = EF_VERDICT_WRONG_CHIP,
		.title = "Another chip than named",
		.signature = "the chip's own id differs from `--chip`",
		.next = "leave '--chip' out, or name the chip that is there",
	},
};

const struct verdict_words *verdict_words(enum ef_verdict verdict)
{
	return &table[(unsigned)verdict < EF_VERDICT_COUNT ? verdict : EF_VERDICT_NONE];
}
