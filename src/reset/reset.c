/* SPDX-License-Identifier: MIT */
/*
 * The line sequences that put a chip into download mode or start its
 * application, as data, and the loop that runs them.
 *
 * On the usual board two transistors connect the lines crosswise: RTS alone
 * pulls EN low (reset), DTR alone pulls BOOT low, and both lines together pull
 * nothing. Sequences and delays come from espflash 4.5 connection/reset.rs,
 * which took them from esptool's reset.py. They write DTR repeatedly because
 * some drivers apply DTR only with the next write of RTS.
 */
#include "base/util.h"
#include <espflash/log.h>
#include <espflash/reset.h>

#define D    EF_DTR
#define R    EF_RTS
#define BOTH (EF_DTR | EF_RTS)

/* Times from reset to release of BOOT, for boards with a small and a large capacitor at EN. */
#define DELAY_MS       50
#define EXTRA_DELAY_MS 500
/* Users report boards with 10 kOhm and 47 uF: EN takes half a second to the threshold. */
#define SLOWEST_DELAY_MS 1000

/* esptool and espflash hold EN low for this long. */
#define PULSE_MS 100
/*
 * A chip needs 50 us (ESP32 datasheet, CHIP_PU reset timing). The transistor at EN takes
 * 25 mA and more, so it empties even 47 uF within 6 ms. USB bridges pass the lines on in
 * steps of 1 ms.
 */
#define QUICK_PULSE_MS 10

#define CLASSIC(pulse_ms, delay_ms)                                                                \
	.step_count = 7, .step = {                                                                 \
		{ D, 0, 0 }, { R, R, 0 },        { D, 0, pulse_ms }, { D, D, 0 },                  \
		{ R, 0, 0 }, { D, D, delay_ms }, { D, 0, 0 },                                      \
	}

#define TIGHT(pulse_ms, delay_ms)                                                                  \
	.needs = EF_RESET_NEEDS_ATOMIC, .step_count = 6,                                           \
	.step = {                                                                                  \
		{ BOTH, 0, 0 },        { BOTH, BOTH, 0 }, { BOTH, R, pulse_ms },                   \
		{ BOTH, D, delay_ms }, { BOTH, 0, 0 },    { D, 0, 0 },                             \
	}

const struct ef_reset ef_resets_enter[] = {
	{ .name = "classic-quick",
	  .help = "one line after the other, with a short pulse",
	  .is_quick = true,
	  CLASSIC(QUICK_PULSE_MS, DELAY_MS) },
	{ .name = "classic", .help = "one line after the other", CLASSIC(PULSE_MS, DELAY_MS) },
	{ .name = "classic-long",
	  .help = "one line after the other, for boards that start slowly",
	  CLASSIC(PULSE_MS, EXTRA_DELAY_MS) },
	{ .name = "classic-extra",
	  .help = "one line after the other, for boards that start very slowly",
	  CLASSIC(PULSE_MS, SLOWEST_DELAY_MS) },
	{ .name = "unix-tight-quick",
	  .help = "both lines at once, with a short pulse",
	  .is_quick = true,
	  TIGHT(QUICK_PULSE_MS, DELAY_MS) },
	{ .name = "unix-tight", .help = "both lines at once", TIGHT(PULSE_MS, DELAY_MS) },
	{ .name = "unix-tight-long",
	  .help = "both lines at once, for boards that start slowly",
	  TIGHT(PULSE_MS, EXTRA_DELAY_MS) },
	{ .name = "unix-tight-extra",
	  .help = "both lines at once, for boards that start very slowly",
	  TIGHT(PULSE_MS, SLOWEST_DELAY_MS) },
	{ .name = "usb-jtag-serial",
	  .help = "for the chip's own USB-Serial/JTAG port",
	  .needs = EF_RESET_FOR_USB_JTAG,
	  .step_count = 9,
	  .step = {
		{ R, 0, 0 },
		{ D, 0, 100 }, /* idle */
		{ D, D, 0 },
		{ R, 0, 100 }, /* select download mode */
		{ R, R, 0 },   /* reset; the lines pass through (1,1) instead of (0,0) */
		{ D, 0, 0 },
		{ R, R, 100 },
		{ D, 0, 0 },
		{ R, 0, 0 },
	  } },
	{ .name = NULL },
};

const struct ef_reset ef_resets_run[] = {
	{ .name = "hard",
	  .help = "a pulse on the reset line",
	  /*
	   * esptool's HardReset. espflash waits another 100 ms before it, which is not needed. DTR
	   * is released first: the kernel asserts both lines when it opens a port, and RTS resets
	   * the chip only while DTR is off.
	   */
	  .step_count = 3,
	  .step = {
		{ D, 0, 0 },
		{ R, R, 100 },
		{ R, 0, 0 },
	  } },
	{ .name = "hard-quick",
	  .help = "a short pulse on the reset line",
	  .is_quick = true,
	  .step_count = 3,
	  .step = {
		{ D, 0, 0 },
		{ R, R, QUICK_PULSE_MS },
		{ R, 0, 0 },
	  } },
	{ .name = "usb-jtag-hard",
	  .help = "a reset through the chip's own USB-Serial/JTAG port",
	  .needs = EF_RESET_FOR_USB_JTAG,
	  .step_count = 6,
	  .step = {
		{ 0, 0, 100 },
		{ D, 0, 100 },
		{ R, R, 0 },
		{ D, 0, 0 },
		{ R, R, 200 }, /* esptool 1059ec7: a C5 takes that long to come up */
		{ R, 0, 0 },
	  } },
	{ .name = "usb-otg-hard",
	  .help = "a reset through the chip's own USB-OTG port",
	  .needs = EF_RESET_FOR_USB_OTG,
	  /* esptool's HardReset for USB: the chip must enumerate again before RTS is released. */
	  .step_count = 3,
	  .step = {
		{ D, 0, 0 },
		{ R, R, 200 },
		{ R, 0, 200 },
	  } },
	{ .name = NULL },
};

static const struct ef_reset *find(const struct ef_reset *table, const char *name)
{
	for (; table->name; table++)
		if (ef_str_ieq(table->name, name))
			return table;
	return NULL;
}

const struct ef_reset *ef_reset_by_name(const char *name)
{
	const struct ef_reset *reset = find(ef_resets_enter, name);

	return reset ? reset : find(ef_resets_run, name);
}

#define QUICK_SUFFIX "-quick"

const struct ef_reset *ef_reset_sure(const struct ef_reset *reset)
{
	char name[32];
	const struct ef_reset *sure;

	if (!reset->is_quick)
		return reset;
	(void)ef_strlcpy(name, sizeof(name), reset->name);
	name[strlen(name) - strlen(QUICK_SUFFIX)] = '\0';
	sure = ef_reset_by_name(name);
	return sure ? sure : reset;
}

static bool is_usb_jtag(const struct ef_port *port)
{
	return port->info.vid == EF_VID_ESPRESSIF && port->info.pid == EF_PID_USB_JTAG;
}

static size_t add(const struct ef_reset **ret, size_t count, const char *name)
{
	ret[count] = find(ef_resets_enter, name);
	return count + 1;
}

static size_t add_classic(const struct ef_reset **ret, size_t count)
{
	count = add(ret, count, "classic");
	return add(ret, count, "classic-long");
}

static size_t add_tight(const struct ef_reset **ret, size_t count)
{
	count = add(ret, count, "unix-tight");
	return add(ret, count, "unix-tight-long");
}

size_t ef_reset_order(const struct ef_port *port, bool usb_only,
		      const struct ef_reset *ret[EF_RESET_ORDER_MAX])
{
	size_t n;

	if (usb_only || is_usb_jtag(port))
		return add(ret, 0, "usb-jtag-serial");
	/*
	 * Espressif's servers recognise the classic sequence and reset the chip
	 * themselves; the tight one would start two resets that collide. A network may
	 * squeeze a short pulse to nothing.
	 */
	if (port->caps & EF_PORT_REMOTE) {
		n = add_classic(ret, 0);
		if (port->caps & EF_PORT_ATOMIC_LINES)
			n = add_tight(ret, n);
		return add(ret, n, "classic-extra");
	}
	/*
	 * Where the quick form fails, EN most likely rises slowly: the long form is next. It
	 * costs no more than the plain one where the ROM's greeting is heard.
	 */
	if (!(port->caps & EF_PORT_ATOMIC_LINES)) {
		n = add(ret, add(ret, 0, "classic-quick"), "classic-long");
		return add(ret, add(ret, n, "classic"), "classic-extra");
	}
	n = add(ret, add(ret, 0, "unix-tight-quick"), "unix-tight-long");
	n = add_classic(ret, add(ret, n, "unix-tight"));
	return add(ret, n, "unix-tight-extra");
}

/* Return whether the step is the wait with BOOT low after EN was released. */
static bool is_boot_wait(const struct ef_reset *reset, const struct ef_reset_step *step)
{
	return !(reset->needs & (EF_RESET_FOR_USB_JTAG | EF_RESET_FOR_USB_OTG)) && step->wait_ms &&
	       (step->value & D) && !(step->value & R);
}

/* esptool's reset_delay. */
void ef_reset_set_delay(struct ef_reset *reset, uint16_t delay_ms)
{
	for (size_t i = 0; i < reset->step_count; i++) {
		struct ef_reset_step *step = &reset->step[i];

		if (is_boot_wait(reset, step)) {
			uint32_t ms = (uint32_t)step->wait_ms - DELAY_MS + delay_ms;

			step->wait_ms = ms > UINT16_MAX ? UINT16_MAX : (uint16_t)ms;
		}
	}
}

const struct ef_reset *ef_reset_hard(const struct ef_port *port)
{
	return find(ef_resets_run, is_usb_jtag(port) ? "usb-jtag-hard" : "hard");
}

static bool run_steps(const struct ef_reset *reset, struct ef_port *port,
		      const struct ef_reset_ear *ear, struct ef_err *err)
{
	unsigned held = 0;

	for (size_t i = 0; i < reset->step_count; i++) {
		const struct ef_reset_step *step = &reset->step[i];
		bool by_ear = ear && is_boot_wait(reset, step);
		bool was_low = held == R;

		held = (held & ~(unsigned)step->mask) | step->value;
		/* both lines together let EN rise, too, see above */
		if (ear && was_low && held != R && !ear->release(ear->ctx, err))
			return false;
		if (step->mask && !ef_port_set_lines(port, step->mask, step->value, err))
			return false;
		if (by_ear ? !ear->wait(ear->ctx, step->wait_ms, err)
			   : step->wait_ms &&
				     !ef_port_sleep_us(port, (uint64_t)step->wait_ms * 1000, err))
			return false;
	}
	return true;
}

/* Return whether the chip itself is the USB device. */
static bool is_own_port(const struct ef_reset *reset, const struct ef_port *port)
{
	return reset->needs & (EF_RESET_FOR_USB_JTAG | EF_RESET_FOR_USB_OTG) ||
	       ef_usb_is_chip(&port->info);
}

/*
 * If the chip itself is the USB device, the reset makes it leave the bus. Then
 * the reset has succeeded, and the device comes back with idle lines.
 */
static bool went_with_reset(const struct ef_reset *reset, const struct ef_port *port,
			    struct ef_err *err)
{
	if (err->code != EF_E_PORT || !(port->lines & R) || !is_own_port(reset, port))
		return false;
	ef_log(EF_LOG_DEBUG, "'%s' left with the reset", port->info.name);
	ef_err_clear(err);
	return true;
}

bool ef_reset_run(const struct ef_reset *reset, struct ef_port *port, struct ef_err *err)
{
	return ef_reset_run_by_ear(reset, port, NULL, err);
}

bool ef_reset_run_by_ear(const struct ef_reset *reset, struct ef_port *port,
			 const struct ef_reset_ear *ear, struct ef_err *err)
{
	struct ef_err ignored = EF_ERR_INIT;

	if (!(port->caps & EF_PORT_HAS_LINES))
		return true;
	ef_log(EF_LOG_DEBUG, "reset sequence '%s'", reset->name);
	if (run_steps(reset, port, ear, err) || went_with_reset(reset, port, err))
		return true;
	/* After Ctrl-C in mid-sequence, do not leave the chip held in reset. */
	if (err->code == EF_E_INTR && !ef_port_set_lines(port, BOTH, 0, &ignored))
		ef_log(EF_LOG_DEBUG, "lines not released: %s", ignored.msg);
	return false;
}
