/* SPDX-License-Identifier: MIT */
/*
 * Knows what only Linux has: arbitrary rates through termios2, the low-latency
 * flag, and where sysfs keeps the USB identity of a device node. Elsewhere
 * each function says "unknown".
 */
#include "base/util.h"
#include "port/port_priv.h"

#if defined(__linux__)

/* asm/termbits.h and termios.h exclude each other: hence a file of its own. */
#include <asm/termbits.h>
#include <linux/serial.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

uint32_t host_set_any_rate(int fd, uint32_t rate_hz)
{
	struct termios2 t;

	if (ioctl(fd, TCGETS2, &t) != 0)
		return 0;
	t.c_cflag &= ~(tcflag_t)(CBAUD | CIBAUD);
	t.c_cflag |= BOTHER | BOTHER << IBSHIFT;
	t.c_ispeed = t.c_ospeed = rate_hz;
	if (ioctl(fd, TCSETS2, &t) != 0 || ioctl(fd, TCGETS2, &t) != 0)
		return 0;
	return t.c_ospeed;
}

void host_set_low_latency(int fd)
{
	struct serial_struct s;

	if (ioctl(fd, TIOCGSERIAL, &s) != 0)
		return;
	s.flags |= (int)ASYNC_LOW_LATENCY;
	(void)ioctl(fd, TIOCSSERIAL, &s);
}

/* One line of a sysfs attribute. */
static bool read_attr(const char *dir, const char *name, char *ret, size_t cap)
{
	char path[512];
	FILE *f;
	bool ok;

	if (!ef_snprintf(path, sizeof(path), "%s/%s", dir, name))
		return false;
	f = fopen(path, "re");
	if (!f)
		return false;
	ok = fgets(ret, cap < 4096 ? (int)cap : 4096, f) != NULL;
	fclose(f);
	if (!ok)
		return false;
	ret[strcspn(ret, "\n")] = '\0';
	ef_clean_text(ret);
	return true;
}

static bool read_hex16(const char *dir, const char *name, uint16_t *ret)
{
	char text[16], number[24];
	uint32_t v = 0;

	if (!read_attr(dir, name, text, sizeof(text)) ||
	    !ef_snprintf(number, sizeof(number), "0x%s", text) ||
	    !ef_parse_u32(number, UINT16_MAX, &v))
		return false;
	*ret = (uint16_t)v;
	return true;
}

/*
 * From the tty's folder upwards, the first one that describes a USB device:
 * ".../1-2.3/1-2.3:1.0/ttyUSB0/tty/ttyUSB0". Its name, or its interface's, is
 * the location (Documentation/ABI/stable/sysfs-bus-usb).
 */
static bool usb_facts(char *dir, struct ef_port_info *info)
{
	for (unsigned up = 0; up < 8; up++) {
		char *slash = strrchr(dir, '/');

		if (slash && strchr(slash, ':'))
			(void)ef_strlcpy(info->location, sizeof(info->location), slash + 1);

		if (read_hex16(dir, "idVendor", &info->vid) &&
		    read_hex16(dir, "idProduct", &info->pid)) {
			info->kind = EF_PORT_USB;
			if (slash && !info->location[0])
				(void)ef_strlcpy(info->location, sizeof(info->location), slash + 1);
			(void)read_attr(dir, "serial", info->serial, sizeof(info->serial));
			(void)read_attr(dir, "manufacturer", info->manufacturer,
					sizeof(info->manufacturer));
			(void)read_attr(dir, "product", info->product, sizeof(info->product));
			return true;
		}
		if (!slash || slash == dir)
			return false;
		*slash = '\0';
	}
	return false;
}

void host_port_facts(const char *path, struct ef_port_info *info)
{
	char link[64], dir[512], bus[512];
	const char *name;
	struct stat st;

	if (stat(path, &st) != 0 || !S_ISCHR(st.st_mode) ||
	    !ef_snprintf(link, sizeof(link), "/sys/dev/char/%u:%u", major(st.st_rdev),
			 minor(st.st_rdev)) ||
	    !host_real_path(link, dir, sizeof(dir)))
		return;
	if (ef_snprintf(link, sizeof(link), "/sys/dev/char/%u:%u/device/subsystem",
			major(st.st_rdev), minor(st.st_rdev)) &&
	    host_real_path(link, bus, sizeof(bus))) {
		name = strrchr(bus, '/');
		if (name && strcmp(name, "/pci") == 0)
			info->kind = EF_PORT_PCI;
	}
	name = strrchr(dir, '/');
	if (name && strncmp(name, "/rfcomm", 7) == 0)
		info->kind = EF_PORT_BLUETOOTH;
	if (!usb_facts(dir, info))
		info->location[0] = '\0';
}

#else

uint32_t host_set_any_rate(int fd, uint32_t rate_hz)
{
	(void)fd;
	(void)rate_hz;
	return 0;
}

void host_set_low_latency(int fd)
{
	(void)fd;
}

void host_port_facts(const char *path, struct ef_port_info *info)
{
	(void)path;
	(void)info;
}

#endif
