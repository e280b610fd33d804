/* SPDX-License-Identifier: MIT */
/*
 * What this program says of each verdict: what to do, with which options, and
 * the chapter of docs/troubleshooting.md. Cures are those of users' reports
 * and of Espressif's boot-mode-selection and troubleshooting pages.
 */
#include "cli/table/verdict_words.h"
#include "base/util.h"

#define WIRING  "auto-reset.svg"
#define BUTTONS "hold BOOT, press RESET, release both"

/* In the order of the enum: tests/unit/test_verdicts.c looks. */
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
		.signature = "no byte came back, whatever was tried: no answer, no boot log",
		.next = "check that this is the board's port ('espflash-c list-ports'), that the "
			"chip has power and EN is at 3.3 V, and its TX reaches the adapter's RX; "
			"or " BUTTONS,
		.next_no_lines = "put the chip into download mode (" BUTTONS ")",
		.options = " --before no-reset",
		.doc = "A chip prints a boot log after every reset, in whatever mode it starts. "
		       "Not even that arrived. So the wire from the chip's TX to the adapter's RX "
		       "is open, or the chip has no power, or EN is held low (a shorted RESET "
		       "button, another program that holds RTS), or this is another device's port. "
		       "Measure EN: it has to be at 3.3 V. A board whose DTR and RTS lead nowhere, "
		       "with an application that prints nothing, looks the same: BOOT and RESET "
		       "will tell. On an adapter with two channels "
		       "(FT2232) the chip's UART is the second one.",
	},
	{
		.verdict = EF_VERDICT_PORT_FLAPS,
		.title = "The port goes away and comes back",
		.signature = "the port vanished two times or more without a reset of ours",
		.next = "unplug the board, hold BOOT, plug it in, release BOOT, and replace the "
			"firmware ('espflash-c erase-flash'); if it goes on then, use another "
			"cable and no hub",
		.options = "",
		.doc = "On chips with their own USB the port is part of the running firmware. One "
		       "that crashes at once takes the port with it each time. In download mode, "
		       "which BOOT forces, the ROM serves the port, and it stays.",
	},
	{
		.verdict = EF_VERDICT_USB_BUSY,
		.title = "The firmware has the chip's own USB port",
		.signature = "the port is the chip's own USB (VID 303a); SYNCs stay unanswered, "
			     "and no boot log follows a reset",
		.next = "hold BOOT while you press RESET or plug the board in",
		.options = "",
		.doc = "Firmware that uses USB for itself (TinyUSB, a keyboard), switches its pins "
		       "to something else or sleeps can't be reset through USB. BOOT and RESET "
		       "always work. After flashing, press RESET once.",
	},
	{
		.verdict = EF_VERDICT_NO_SYNC_REPLY,
		.title = "The chip waits for download but does not hear us",
		.signature = "`waiting for download`, `wait uart0 download` or `boot:` with a "
			     "download mode, no answer to SYNC",
		.next = "check the wire from the adapter's TX to the chip's RX (and that nothing "
			"else drives it); on a board with two USB ports use the other one",
		.options = "",
		.doc = "Reset and boot pin work, and the chip's TX reaches the adapter. Only the "
		       "other direction is dead: the adapter's TX isn't connected to the chip's RX "
		       "(GPIO3 on ESP32), a peripheral on the board drives that line, or a level "
		       "shifter works one way. A board with both a USB bridge and the chip's own "
		       "USB prints on both and may listen on the other.",
	},
	{
		.verdict = EF_VERDICT_FLASH_BOOT,
		.title = "Reset works, but the chip boots from flash",
		.signature = "a boot log with `SPI_FAST_FLASH_BOOT` after our resets, or an "
			     "application that starts anew after each and is mute while EN is low",
		.next = BUTTONS "; to cure it put 1 to 10 uF between EN and GND, or check the wire "
				"from DTR to the boot pin",
		.next_no_lines = BUTTONS,
		.options = " --before no-reset",
		.doc = "The chip looks at its boot pin at the moment EN rises. Between the two "
		       "changes of the lines the usual circuit lets go of both, and without a "
		       "capacitor at EN the chip may start right then; with a very large one it "
		       "starts after BOOT was let go. The program tries short and long delays and "
		       "both orders; the message names them. A fixed delay of your own: "
		       "`--reset-delay`, or a whole sequence: `--reset-sequence`.",
		.picture = WIRING,
	},
	{
		.verdict = EF_VERDICT_EMPTY_FLASH,
		.title = "The flash is empty, and the chip tries to boot from it",
		.signature = "`invalid header: 0xffffffff` again and again",
		.next = BUTTONS "; to cure it put 1 to 10 uF between EN and GND, or check the wire "
				"from DTR to the boot pin",
		.next_no_lines = BUTTONS,
		.options = " --before no-reset",
		.doc = "An empty flash is no fault, and neither is the endless restart: the ROM "
		       "finds nothing to start and its watchdog bites. What is missing is download "
		       "mode; see the verdict before this one.",
		.picture = WIRING,
	},
	{
		.verdict = EF_VERDICT_BOOT_MODE,
		.title = "The strapping pins choose another mode",
		.signature = "a boot log whose `boot:` is neither download nor flash",
		.next = "give the second strapping pin its level while BOOT is low: GPIO2 (ESP32) "
			"and GPIO46 (S2, S3) low, GPIO8 (RISC-V chips; GPIO27 on C5, 36 on P4, 60 "
			"on S31) high",
		.options = "",
		.doc = "The number behind `boot:` is the level of the strapping pins when EN rose. "
		       "The message names those of this chip. Something on the board (a sensor, an "
		       "LED, a pull resistor) holds one of them at the wrong level.",
	},
	{
		.verdict = EF_VERDICT_BROWNOUT,
		.title = "The supply is too weak",
		.signature = "a boot log whose `rst:` says brown-out or a glitch of the supply",
		.next = "use another cable (short, thick), another USB port without a hub, or a "
			"separate 3.3 V supply of 500 mA; put 10 to 100 uF at the chip's 3.3 V",
		.options = "",
		.doc = "The voltage at the chip fell below its limit, mostly when the radio "
		       "starts. Thin cables, unpowered hubs and the 3.3 V of an adapter (50 mA) "
		       "are the usual causes.",
	},
	{
		.verdict = EF_VERDICT_WATCHDOG,
		.title = "The chip restarts by itself",
		.signature = "boot logs again and again, none of them caused by our resets",
		.next = BUTTONS,
		.options = " --before no-reset",
		.doc = "Firmware that crashes or hangs is restarted by a watchdog; `rst:` says by "
		       "which. DTR and RTS seem not to be connected to EN and the boot pin: the "
		       "chip never started because of them.",
		.picture = WIRING,
	},
	{
		.verdict = EF_VERDICT_DOWNLOAD_RESTARTS,
		.title = "A watchdog ends download mode",
		.signature = "boot logs in download mode, started by a watchdog, again and again",
		.next = "unplug the board for some seconds, hold BOOT while you plug it in",
		.options = "",
		.doc = "A watchdog that the firmware started keeps running through a reset that "
		       "doesn't reach the RTC (one by USB). Without power it forgets. Once "
		       "connected, the program switches these watchdogs off.",
	},
	{
		.verdict = EF_VERDICT_APP_UNAFFECTED,
		.title = "An application runs on, unaffected by resets",
		.signature = "text, no boot log, and the text goes on through our resets",
		.next = BUTTONS,
		.options = " --before no-reset",
		.doc = "Boards without the two transistors (ESP32-CAM, bare modules on an FTDI "
		       "cable) have to be put into download mode by hand. On a terminal, or with "
		       "`--wait`, the program goes on asking while you do. A chip whose boot log "
		       "is turned off for good (by an eFuse) may look the same when it does "
		       "restart, and its boot pin isn't low: the cure is the same.",
		.picture = WIRING,
	},
	{
		.verdict = EF_VERDICT_ECHO,
		.title = "Our own bytes come back",
		.signature = "what is received is what was sent",
		.next = "check that TX goes to the chip's RX and RX to its TX, and that this is "
			"the board's port",
		.options = "",
	},
	{
		.verdict = EF_VERDICT_OTHER_RATE,
		.title = "The chip talks at another rate",
		.signature = "garbage at 115200 baud; a boot log is readable at another rate",
		.next = BUTTONS,
		.options = " --before no-reset --baud 74880",
		.doc = "A ROM that takes a 26 MHz crystal for one of 40 MHz prints its log at "
		       "74880 baud. In download mode it measures the rate of the host, so flashing "
		       "works: the boot log says why the chip isn't there. Listen to it with "
		       "`espflash-c monitor --monitor-baud 74880`.",
	},
	{
		.verdict = EF_VERDICT_GARBAGE,
		.title = "What comes back is garbage",
		.signature = "bytes that are neither text nor answers, at no usual rate",
		.next = "check for a missing common ground, 5 V against 3.3 V levels, a long or "
			"bad cable; try a slower rate",
		.options = " --baud 57600",
		.doc = "After garbage the program resets the chip and listens at other rates; none "
		       "of them gave text.",
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
		.signature = "the ROM answers writes to RAM with status 01 07 (checksum), with "
			     "small blocks, too",
		.next = "do without it: '--no-stub'; on macOS a CH9102 or CH343 needs the maker's "
			"driver (the port is then called 'wchusbserial')",
		.doc = "Seen with CH9102 bridges under Apple's own driver, which loses bytes of "
		       "long writes. The program tries again with smaller blocks first.",
	},
	{
		.verdict = EF_VERDICT_NO_FLASH,
		.title = "The flash does not answer",
		.signature = "the flash id reads `ffffff` or `000000`",
		.next = "check the flash's supply and solder joints; on an ESP32 let go of GPIO12 "
			"(MTDI): a pull-up or a JTAG adapter there makes its supply 1.8 V",
		.doc = "The chip itself is fine. On the ESP32 GPIO12 chooses the voltage of the "
		       "flash at reset; an eFuse can fix it for good (`espefuse set-flash-voltage "
		       "3.3V`).",
	},
	{
		.verdict = EF_VERDICT_SECURE_DOWNLOAD,
		.title = "Secure download mode",
		.signature = "register reads and stubs are refused; the security info says so",
		.next = "do what works there: 'flash', 'write-bin' and erasing; nothing can be "
			"read",
		.doc = "No fault: an eFuse limits what download mode may do, for good. Flashing "
		       "goes on, without a stub and without reads.",
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
