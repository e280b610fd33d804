/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Named reset strategies as data, and the function that runs one.
 */
#ifndef ESPFLASH_RESET_H
#define ESPFLASH_RESET_H

#include <espflash/port.h>

EF_API_BEGIN

/** Set the lines in mask to value, together if the port can, then wait. mask 0: only wait. */
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
	bool is_quick; /**< a short pulse on EN, which a very large capacitor may swallow */
	uint8_t step_count;
	struct ef_reset_step step[EF_RESET_STEPS_MAX];
};

/**
 * Sequences that enter download mode: classic, unix-tight, each with -quick (a short pulse),
 * -long and -extra for boards whose EN rises slowly, and usb-jtag-serial. The table ends with
 * name NULL.
 */
extern const struct ef_reset ef_resets_enter[];
/**
 * Sequences that start the application: "hard" (a pulse on RTS), its short form "hard-quick",
 * "usb-jtag-hard" and "usb-otg-hard". The table ends with name NULL.
 */
extern const struct ef_reset ef_resets_run[];

/** Look a sequence up in both tables, ignoring case; NULL if there is none of that name. */
const struct ef_reset *ef_reset_by_name(const char *name);

/**
 * The strategies to try on this port, the most likely first:
 * - on USB-Serial/JTAG (by VID:PID, or if usb_only): usb-jtag-serial alone;
 * - else unix-tight-quick, its long form, unix-tight, classic, its long form,
 *   unix-tight-extra;
 * - behind a network no quick one, and the two classic ones first, because servers that
 *   reset the chip themselves recognise those;
 * - if the port can't change both lines at once: classic ones only.
 *
 * The caller cycles through them.
 * @return the number of strategies in ret.
 */
#define EF_RESET_ORDER_MAX 6
size_t ef_reset_order(const struct ef_port *port, bool usb_only,
		      const struct ef_reset *ret[EF_RESET_ORDER_MAX]);
/**
 * Change the time from reset to release of BOOT from the usual 50 ms to delay_ms. The
 * longer forms of a sequence get longer by the same difference. Sequences for the chip's own
 * USB ports stay as they are.
 */
void ef_reset_set_delay(struct ef_reset *reset, uint16_t delay_ms);

/**
 * Return the same sequence with a pulse of full length, for a reset after which the short pulse was
 * in vain; reset itself if it is not quick.
 */
const struct ef_reset *ef_reset_sure(const struct ef_reset *reset);

/** Return the sequence that starts the application on this port. */
const struct ef_reset *ef_reset_hard(const struct ef_port *port);

/**
 * Run a sequence. On a port without lines this succeeds and does nothing. It also succeeds
 * if the port is the chip's own USB device and leaves the bus with the reset; then the next
 * operation on the port fails (PORT), and ef_port_reopen finds the device again.
 * If it is interrupted (INTR), it releases both lines.
 * Errors: those of the port.
 */
bool ef_reset_run(const struct ef_reset *reset, struct ef_port *port,
		  struct ef_err *err) EF_MUST_CHECK;
/**
 * Listens to a sequence that enters download mode. The sequence calls release before it lets EN
 * rise, and wait while it holds BOOT low. wait returns after ms milliseconds, or as soon as the
 * chip's ROM has spoken: it has read its boot pin by then.
 */
struct ef_reset_ear {
	bool (*release)(void *ctx, struct ef_err *err);
	bool (*wait)(void *ctx, uint32_t ms, struct ef_err *err);
	void *ctx;
};
/** Run a sequence as ef_reset_run does, but release BOOT as soon as ear has heard enough. */
bool ef_reset_run_by_ear(const struct ef_reset *reset, struct ef_port *port,
			 const struct ef_reset_ear *ear, struct ef_err *err) EF_MUST_CHECK;

/**
 * Parse esptool's custom_reset_sequence grammar: commands separated by '|',
 * D0 D1 R0 R1 (one line), U0,1 (DTR,RTS together), W0.1 (seconds). Error: USAGE, naming the
 * command.
 */
bool ef_reset_parse(const char *text, struct ef_reset *ret, struct ef_err *err) EF_MUST_CHECK;

EF_API_END
#endif
