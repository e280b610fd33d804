/* SPDX-License-Identifier: MIT */
/*
 * A fake host with serial ports, over a virtual board: what the program uses of
 * libserialport (listing and describing ports), and the device functions of
 * port/tty.h. The unmodified program is linked a second time against this file,
 * so that port_serial.c and all above it run as they are.
 *
 *   EF_FAKE_URL    rfc2217://... of espsim (or socket://... of an emulator)
 *   EF_FAKE_PORTS  which ports exist: usb, jtag, native, bluetooth, noisy,
 *                  ftdi-a, ftdi-b (channels of one bridge), hostile, separated by commas (usb)
 *   EF_FAKE_TEXT   all USB strings of the hostile port
 *   EF_FAKE_FAIL   what fails: list, memory, missing, busy, permission,
 *                  unplugged, rate (above 115200 refused), rate-silently (the
 *                  driver sets 115200 and says so only when asked), or
 *                  gone=N (the device is gone after N bytes received)
 */
#include <errno.h>
#include <libserialport.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "port/tty.h"

struct sp_port {
	const struct fake *what;
};

struct tty {
	const char *name;
	struct ef_port *wire;
	uint64_t received;
};

struct fake {
	const char *key, *name;
	enum sp_transport transport;
	int vid, pid;
	const char *manufacturer, *product, *serial;
	const char *location; /* sysfs's name of the interface; NULL: sysfs has no entry */
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
	{ "hostile", "/dev/ttyUSB6", SP_TRANSPORT_USB, 0x10c4, 0xea60, NULL, NULL, NULL, NULL },
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

/* An error of the socket becomes an error of the device. */
static bool from_wire(const struct tty *t, struct ef_err *err)
{
	if (err->code == EF_E_INTR)
		return false;
	fprintf(stderr, "fake serial port: %s\n", err->msg);
	ef_err_clear(err);
	return host_fail_port(err, t->name, EIO);
}

#ifdef FAKE_FACTS
/* Facts that the program reads from the system. The linker redirects these calls to this file. */
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

static const struct fake *find(const char *name)
{
	for (size_t i = 0; i < EF_ARRAY_LEN(fakes); i++)
		if (is_present(&fakes[i]) && strcmp(fakes[i].name, name) == 0 &&
		    !is_failing("missing"))
			return &fakes[i];
	return NULL;
}

enum sp_return sp_get_port_by_name(const char *portname, struct sp_port **port_ptr)
{
	const struct fake *f = find(portname);

	*port_ptr = f ? new_port(f) : NULL;
	if (!f)
		return SP_ERR_ARG;
	return *port_ptr ? SP_OK : SP_ERR_MEM;
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
	/* the real library returns its own string as well; no caller changes it */
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

static char *text(const struct sp_port *port, const char *s)
{
	union {
		const char *in;
		char *out;
	} t = { s };

	return strcmp(port->what->key, "hostile") == 0 ? getenv("EF_FAKE_TEXT") : t.out;
}

char *sp_get_port_usb_manufacturer(const struct sp_port *port)
{
	return text(port, port->what->manufacturer);
}

char *sp_get_port_usb_product(const struct sp_port *port)
{
	return text(port, port->what->product);
}

char *sp_get_port_usb_serial(const struct sp_port *port)
{
	return text(port, port->what->serial);
}

/* ---- the device: port/tty.h ---- */

static int open_failure(void)
{
	static const struct {
		const char *what;
		int errnum;
	} failures[] = {
		{ "busy", EWOULDBLOCK },
		{ "permission", EACCES },
		{ "unplugged", ENXIO },
	};

	for (size_t i = 0; i < EF_ARRAY_LEN(failures); i++)
		if (is_failing(failures[i].what))
			return failures[i].errnum;
	return getenv("EF_FAKE_URL") ? 0 : ENOENT;
}

bool tty_open(const char *path, host_flag *interrupt, struct tty **ret, struct ef_err *err)
{
	struct ef_port_config config = { .interrupt = interrupt, .keep_lines = true };
	const struct fake *f = find(path);
	int errnum = f ? open_failure() : ENOENT;
	struct tty *t;

	if (errnum)
		return host_fail_port(err, path, errnum);
	t = is_failing("memory") ? NULL : calloc(1, sizeof(*t));
	if (!t)
		return ef_fail(err, EF_E_IO, "out of memory");
	t->name = f->name;
	if (!ef_port_open(getenv("EF_FAKE_URL"), &config, &t->wire, err)) {
		from_wire(t, err);
		free(t);
		return false;
	}
	*ret = t;
	return true;
}

void tty_close(struct tty *t)
{
	if (t)
		ef_port_close(t->wire);
	free(t);
}

bool tty_get_lines(struct tty *t, unsigned *ret)
{
	*ret = t->wire->lines;
	return true;
}

bool tty_set_lines(struct tty *t, unsigned mask, unsigned value, struct ef_err *err)
{
	return ef_port_set_lines(t->wire, mask, value, err) || from_wire(t, err);
}

bool tty_set_rate(struct tty *t, uint32_t rate_hz, uint32_t *ret_hz, struct ef_err *err)
{
	*ret_hz = 0;
	if (is_failing("rate") && rate_hz > 115200)
		return true;
	*ret_hz = is_failing("rate-silently") && rate_hz > 115200 ? 115200 : rate_hz;
	return ef_port_set_baud(t->wire, *ret_hz, err) || from_wire(t, err);
}

void tty_set_low_latency(struct tty *t)
{
	(void)t;
}

bool tty_read(struct tty *t, uint8_t *buf, size_t cap, uint64_t deadline_us, size_t *ret_len,
	      struct ef_err *err)
{
	const char *fail = getenv("EF_FAKE_FAIL");
	uint64_t limit = 0;

	if (fail && strncmp(fail, "gone=", 5) == 0 && ef_parse_u64(fail + 5, UINT32_MAX, &limit) &&
	    t->received >= limit)
		return host_fail_port(err, t->name, EIO);
	if (!ef_port_read(t->wire, buf, cap, deadline_us, ret_len, err))
		return from_wire(t, err);
	t->received += *ret_len;
	return true;
}

bool tty_write(struct tty *t, const uint8_t *data, size_t len, uint64_t deadline_us,
	       struct ef_err *err)
{
	return ef_port_write(t->wire, data, len, deadline_us, err) || from_wire(t, err);
}

bool tty_drain(struct tty *t, struct ef_err *err)
{
	return ef_port_drain(t->wire, err) || from_wire(t, err);
}

bool tty_discard(struct tty *t, struct ef_err *err)
{
	return ef_port_discard(t->wire, err) || from_wire(t, err);
}
