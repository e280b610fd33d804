/* SPDX-License-Identifier: MIT */
/*
 * libserialport's functions as the program uses them, over a virtual board:
 * the unmodified program is linked a second time against this file, so that
 * port_serial.c and all above it run as they are.
 *
 *   EF_FAKE_URL    rfc2217://... of espsim (or socket://... of an emulator)
 *   EF_FAKE_PORTS  which ports there are: usb, jtag, native, bluetooth, noisy,
 *                  ftdi-a, ftdi-b (channels of one bridge), separated by commas (usb)
 *   EF_FAKE_FAIL   what goes wrong: list, memory, missing, busy, permission,
 *                  unplugged, rate (above 115200 refused), rate-silently (the
 *                  driver sets 115200 and says so only when asked), or
 *                  gone=N (the device is gone after N bytes received)
 *
 * It reproduces what the real one does: a missing device is SP_ERR_ARG, lines
 * are set one by one, there is no native handle (as on Windows), and a
 * time-out of 0 would be for ever, which here ends the test at once.
 */
#include <errno.h>
#include <libserialport.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include <espflash/port.h>

struct sp_port {
	const struct fake *what;
	struct ef_port *wire;
	uint64_t received;
	int rate;
};

struct sp_port_config {
	int rate;
};

struct fake {
	const char *key, *name;
	enum sp_transport transport;
	int vid, pid;
	const char *manufacturer, *product, *serial;
	const char *location; /* as sysfs names the interface; NULL: the system knows nothing */
};

static const struct fake fakes[] = {
	{ "usb", "/dev/ttyUSB0", SP_TRANSPORT_USB, 0x10c4, 0xea60, "Silicon Labs",
	  "CP2102N USB to UART Bridge Controller", "0001", NULL },
	{ "jtag", "/dev/ttyACM0", SP_TRANSPORT_USB, 0x303a, 0x1001, "Espressif",
	  "USB JTAG/serial debug unit", "7C:DF:A1:00:00:05", NULL },
	{ "native", "/dev/ttyS7", SP_TRANSPORT_NATIVE, 0, 0, NULL, NULL, NULL, NULL },
	{ "bluetooth", "/dev/rfcomm0", SP_TRANSPORT_BLUETOOTH, 0, 0, NULL, NULL, NULL, NULL },
	{ "other", "/dev/ttyUSB3", SP_TRANSPORT_USB, 0x1209, 0xa0b1, "Nobody", "Odd adapter", "X9",
	  NULL },
	{ "noisy", "/dev/ttyUSB10", SP_TRANSPORT_USB, 0x1a86, 0x7523, "\x1b[31mevil", "\x07?\xff",
	  "", NULL },
	/* an ESP-Prog */
	{ "ftdi-a", "/dev/ttyUSB4", SP_TRANSPORT_USB, 0x0403, 0x6010, "FTDI", "Dual RS232-HS",
	  "FT1", "1-2.3:1.0" },
	{ "ftdi-b", "/dev/ttyUSB5", SP_TRANSPORT_USB, 0x0403, 0x6010, "FTDI", "Dual RS232-HS",
	  "FT1", "1-2.3:1.1" },
};

static bool is_failing(const char *what)
{
	const char *fail = getenv("EF_FAKE_FAIL");

	return fail && strcmp(fail, what) == 0;
}

static bool is_present(const struct fake *f)
{
	const char *list = getenv("EF_FAKE_PORTS");
	size_t len = strlen(f->key);

	if (!list)
		return f == fakes;
	for (; *list; list += strcspn(list, ","), list += *list == ',')
		if (strncmp(list, f->key, len) == 0 && (list[len] == ',' || !list[len]))
			return true;
	return false;
}

static enum sp_return fail_with(int number)
{
	errno = number;
	return SP_ERR_FAIL;
}

/* A failure of the wire is a failure of the device. */
static enum sp_return from_wire(const struct ef_err *err)
{
	if (err->code == EF_E_INTR)
		return SP_OK; /* the real one goes on waiting; its slice ends */
	fprintf(stderr, "fake libserialport: %s\n", err->msg);
	return fail_with(EIO);
}

static void refuse_zero(unsigned timeout_ms)
{
	if (timeout_ms)
		return;
	fputs("fake libserialport: a time-out of 0 waits for ever\n", stderr);
	abort();
}

#ifdef FAKE_FACTS
/* What the system knows of a port besides the library (the linker leads calls here). */
void __real_host_port_facts(const char *path, struct ef_port_info *info);
void __wrap_host_port_facts(const char *path, struct ef_port_info *info);

void __wrap_host_port_facts(const char *path, struct ef_port_info *info)
{
	for (size_t i = 0; i < EF_ARRAY_LEN(fakes); i++)
		if (fakes[i].location && strcmp(fakes[i].name, path) == 0) {
			info->kind = EF_PORT_USB;
			info->vid = (uint16_t)fakes[i].vid;
			info->pid = (uint16_t)fakes[i].pid;
			(void)ef_strlcpy(info->location, sizeof(info->location), fakes[i].location);
			return;
		}
	__real_host_port_facts(path, info);
}
#endif

/* ---- ports ---- */

static struct sp_port *new_port(const struct fake *f)
{
	struct sp_port *port = calloc(1, sizeof(*port));

	if (port)
		port->what = f;
	return port;
}

enum sp_return sp_get_port_by_name(const char *portname, struct sp_port **port_ptr)
{
	*port_ptr = NULL;
	if (is_failing("memory"))
		return SP_ERR_MEM;
	for (size_t i = 0; i < EF_ARRAY_LEN(fakes); i++) {
		if (!is_present(&fakes[i]) || strcmp(fakes[i].name, portname) != 0 ||
		    is_failing("missing"))
			continue;
		*port_ptr = new_port(&fakes[i]);
		return *port_ptr ? SP_OK : SP_ERR_MEM;
	}
	return SP_ERR_ARG;
}

void sp_free_port(struct sp_port *port)
{
	free(port);
}

enum sp_return sp_list_ports(struct sp_port ***list_ptr)
{
	struct sp_port **list = calloc(EF_ARRAY_LEN(fakes) + 1, sizeof(*list));
	size_t n = 0;

	*list_ptr = NULL;
	if (is_failing("list") || !list) {
		free(list);
		return list ? fail_with(ENOENT) : SP_ERR_MEM;
	}
	for (size_t i = EF_ARRAY_LEN(fakes); i-- > 0;) /* not in order */
		if (is_present(&fakes[i]))
			list[n++] = new_port(&fakes[i]);
	*list_ptr = list;
	return SP_OK;
}

void sp_free_port_list(struct sp_port **ports)
{
	for (size_t i = 0; ports && ports[i]; i++)
		sp_free_port(ports[i]);
	free(ports);
}

char *sp_get_port_name(const struct sp_port *port)
{
	/* the real one hands out its own, too; nobody writes to it */
	union {
		const char *in;
		char *out;
	} name = { port->what->name };

	return name.out;
}

enum sp_transport sp_get_port_transport(const struct sp_port *port)
{
	return port->what->transport;
}

enum sp_return sp_get_port_usb_vid_pid(const struct sp_port *port, int *usb_vid, int *usb_pid)
{
	if (port->what->transport != SP_TRANSPORT_USB)
		return SP_ERR_ARG;
	*usb_vid = port->what->vid;
	*usb_pid = port->what->pid;
	return SP_OK;
}

static char *text(const char *s)
{
	union {
		const char *in;
		char *out;
	} t = { s };

	return t.out;
}

char *sp_get_port_usb_manufacturer(const struct sp_port *port)
{
	return text(port->what->manufacturer);
}

char *sp_get_port_usb_product(const struct sp_port *port)
{
	return text(port->what->product);
}

char *sp_get_port_usb_serial(const struct sp_port *port)
{
	return text(port->what->serial);
}

enum sp_return sp_get_port_handle(const struct sp_port *port, void *result_ptr)
{
	(void)port;
	(void)result_ptr;
	return SP_ERR_SUPP;
}

/* ---- opening ---- */

enum sp_return sp_open(struct sp_port *port, enum sp_mode flags)
{
	struct ef_port_config config = { .rate_hz = 115200, .keep_lines = true };
	const char *url = getenv("EF_FAKE_URL");
	struct ef_err err = EF_ERR_INIT;

	(void)flags;
	if (is_failing("busy"))
		return fail_with(EWOULDBLOCK);
	if (is_failing("permission"))
		return fail_with(EACCES);
	if (is_failing("unplugged"))
		return fail_with(ENXIO);
	if (!url)
		return fail_with(ENOENT);
	port->rate = 115200;
	return ef_port_open(url, &config, &port->wire, &err) ? SP_OK : from_wire(&err);
}

enum sp_return sp_close(struct sp_port *port)
{
	ef_port_close(port->wire);
	port->wire = NULL;
	return SP_OK;
}

int sp_last_error_code(void)
{
	return errno;
}

/* ---- data ---- */

static enum sp_return read_for(struct sp_port *port, void *buf, size_t count, unsigned ms)
{
	const char *fail = getenv("EF_FAKE_FAIL");
	struct ef_err err = EF_ERR_INIT;
	uint64_t limit = 0;
	size_t len = 0;

	if (fail && strncmp(fail, "gone=", 5) == 0 && ef_parse_u64(fail + 5, UINT32_MAX, &limit) &&
	    port->received >= limit)
		return fail_with(EIO);
	if (!ef_port_read(port->wire, buf, count, ef_port_deadline(port->wire, ms), &len, &err))
		return from_wire(&err);
	port->received += len;
	return (enum sp_return)len;
}

enum sp_return sp_blocking_read_next(struct sp_port *port, void *buf, size_t count,
				     unsigned int timeout_ms)
{
	refuse_zero(timeout_ms);
	return read_for(port, buf, count, timeout_ms);
}

enum sp_return sp_nonblocking_read(struct sp_port *port, void *buf, size_t count)
{
	return read_for(port, buf, count, 0);
}

/* Takes a part only, as a driver with a small buffer does. */
static enum sp_return write_some(struct sp_port *port, const void *buf, size_t count)
{
	size_t len = count < 1000 ? count : 1000;
	struct ef_err err = EF_ERR_INIT;

	if (!ef_port_write(port->wire, buf, len, ef_port_deadline(port->wire, 5000), &err))
		return from_wire(&err);
	return (enum sp_return)len;
}

enum sp_return sp_blocking_write(struct sp_port *port, const void *buf, size_t count,
				 unsigned int timeout_ms)
{
	refuse_zero(timeout_ms);
	return write_some(port, buf, count);
}

enum sp_return sp_nonblocking_write(struct sp_port *port, const void *buf, size_t count)
{
	return write_some(port, buf, count);
}

enum sp_return sp_flush(struct sp_port *port, enum sp_buffer buffers)
{
	struct ef_err err = EF_ERR_INIT;

	if (!(buffers & SP_BUF_INPUT))
		return SP_OK;
	return ef_port_discard(port->wire, &err) ? SP_OK : from_wire(&err);
}

enum sp_return sp_drain(struct sp_port *port)
{
	struct ef_err err = EF_ERR_INIT;

	return ef_port_drain(port->wire, &err) ? SP_OK : from_wire(&err);
}

/* ---- settings ---- */

static enum sp_return set_line(struct sp_port *port, unsigned line, bool on)
{
	struct ef_err err = EF_ERR_INIT;

	return ef_port_set_lines(port->wire, line, on ? line : 0, &err) ? SP_OK : from_wire(&err);
}

enum sp_return sp_set_dtr(struct sp_port *port, enum sp_dtr dtr)
{
	return set_line(port, EF_DTR, dtr == SP_DTR_ON);
}

enum sp_return sp_set_rts(struct sp_port *port, enum sp_rts rts)
{
	return set_line(port, EF_RTS, rts == SP_RTS_ON);
}

enum sp_return sp_set_baudrate(struct sp_port *port, int baudrate)
{
	struct ef_err err = EF_ERR_INIT;

	if (is_failing("rate") && baudrate > 115200)
		return fail_with(EINVAL);
	port->rate = is_failing("rate-silently") && baudrate > 115200 ? 115200 : baudrate;
	return ef_port_set_baud(port->wire, (uint32_t)port->rate, &err) ? SP_OK : from_wire(&err);
}

enum sp_return sp_new_config(struct sp_port_config **config_ptr)
{
	*config_ptr = calloc(1, sizeof(**config_ptr));
	return *config_ptr ? SP_OK : SP_ERR_MEM;
}

void sp_free_config(struct sp_port_config *config)
{
	free(config);
}

enum sp_return sp_get_config(struct sp_port *port, struct sp_port_config *config)
{
	config->rate = port->rate;
	return SP_OK;
}

enum sp_return sp_get_config_baudrate(const struct sp_port_config *config, int *baudrate_ptr)
{
	*baudrate_ptr = config->rate;
	return SP_OK;
}

enum sp_return sp_set_bits(struct sp_port *port, int bits)
{
	(void)port;
	return bits == 8 ? SP_OK : SP_ERR_ARG;
}

enum sp_return sp_set_parity(struct sp_port *port, enum sp_parity parity)
{
	(void)port;
	return parity == SP_PARITY_NONE ? SP_OK : SP_ERR_ARG;
}

enum sp_return sp_set_stopbits(struct sp_port *port, int stopbits)
{
	(void)port;
	return stopbits == 1 ? SP_OK : SP_ERR_ARG;
}

enum sp_return sp_set_flowcontrol(struct sp_port *port, enum sp_flowcontrol flowcontrol)
{
	(void)port;
	return flowcontrol == SP_FLOWCONTROL_NONE ? SP_OK : SP_ERR_ARG;
}
