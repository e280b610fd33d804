/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Named reset strategies as data, and the function that runs one.
 */
#ifndef ESPFLASH_RESET_H
#define ESPFLASH_RESET_H

#include <espflash/port.h>

EF_API_BEGIN

/** Lines in mask take value (in one operation where the port can), then wait. mask 0: only wait. */
struct ef_reset_step {
	uint8_t mask, value; /**< EF_DTR | EF_RTS */
	uint16_t wait_ms;
};

enum ef_reset_need {
	EF_RESET_NEEDS_ATOMIC = 1, /**< both lines must change together */
	EF_RESET_FOR_USB_JTAG = 2, /**< meant for the USB-Serial/JTAG peripheral */
	EF_RESET_FOR_USB_OTG = 4,  /**< meant for a ROM's or an application's USB-OTG port */
};

#define EF_RESET_STEPS_MAX 16

struct ef_reset {
	const char *name; /**< "classic", "unix-tight-long"... */
	const char *help; /**< one line, lower case */
	unsigned needs;
	uint8_t step_count;
	struct ef_reset_step step[EF_RESET_STEPS_MAX];
};

/**
 * Into download mode: classic, unix-tight, each with -long and -extra for boards whose EN
 * rises slowly, and usb-jtag-serial. Name NULL ends.
 */
extern const struct ef_reset ef_resets_enter[];
/** Into the application: "hard" (RTS pulse), "usb-jtag-hard" and "usb-otg-hard". Name NULL ends. */
extern const struct ef_reset ef_resets_run[];

const struct ef_reset *ef_reset_by_name(const char *name);

/**
 * The strategies to try for this port, in espflash's order: USB-JTAG alone on
 * its own VID:PID (or when asked for); otherwise tight, tight long, classic,
 * classic long and one with a very long delay; only the classic ones where the
 * port can't change both lines at once. Behind a network the classic pair
 * comes first: servers that reset the chip themselves know that one. The
 * caller cycles through them.
 * @return number of strategies put into ret (at most EF_RESET_ORDER_MAX).
 */
#define EF_RESET_ORDER_MAX 5
size_t ef_reset_order(const struct ef_port *port, bool usb_only,
		      const struct ef_reset *ret[EF_RESET_ORDER_MAX]);
/**
 * The same sequence with another time between reset and release of BOOT: delay_ms
 * instead of the usual 50, and as much more in the longer ones. Sequences of the user's
 * stay as they are.
 */
void ef_reset_set_delay(struct ef_reset *reset, uint16_t delay_ms);
/** How long a sequence takes, all waits together. */
uint32_t ef_reset_ms(const struct ef_reset *reset);

/** The sequence that starts the application on this port. */
const struct ef_reset *ef_reset_hard(const struct ef_port *port);

/**
 * Run one. On a port without lines nothing happens and it succeeds. So it does where the
 * port is the chip's own USB device and leaves with the reset: then the next operation on
 * the port fails (PORT), and ef_port_reopen finds it again.
 * Errors: those of the port.
 */
bool ef_reset_run(const struct ef_reset *reset, struct ef_port *port,
		  struct ef_err *err) EF_MUST_CHECK;

/**
 * Parse esptool's custom_reset_sequence grammar: commands separated by '|',
 * D0 D1 R0 R1 (one line), U0,1 (DTR,RTS together), W0.1 (seconds). Error: USAGE, naming the
 * command.
 */
bool ef_reset_parse(const char *text, struct ef_reset *ret, struct ef_err *err) EF_MUST_CHECK;

EF_API_END
#endif
