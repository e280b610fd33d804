/* SPDX-License-Identifier: MIT */
/*
 * Implements the part of host.h that POSIX does not cover. On Linux: any rate, through termios2,
 * and the USB identity of a device node, from sysfs. On macOS: any rate. On other systems the
 * functions report "unknown".
 */
#include "base/util.h"
#include "port/host.h"
#include "port/sysfs.h"

#if defined(__linux__)

/* asm/termbits.h and termios.h conflict, so termios2 can't be used in tty_posix.c. */
#include <asm/termbits.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

uint32_t host_get_rate(int fd)
{
	struct termios2 t;

	return ioctl(fd, TCGETS2, &t) == 0 ? t.c_ospeed : 0;
}

uint32_t host_set_any_rate(int fd, uint32_t rate_hz)
{
	struct termios2 t;

	if (ioctl(fd, TCGETS2, &t) != 0)
		return 0;
	t.c_cflag &= ~(tcflag_t)(CBAUD | CIBAUD);
	t.c_cflag |= BOTHER | BOTHER << IBSHIFT;
	t.c_ispeed = t.c_ospeed = rate_hz;
	return ioctl(fd, TCSETS2, &t) == 0 ? host_get_rate(fd) : 0;
}

static bool read_hex16(const char *dir, const char *name, uint16_t *ret)
{
	char text[16], number[24];
	uint32_t v = 0;

	if (!sysfs_read_attr(dir, name, text, sizeof(text)) ||
	    !ef_snprintf(number, sizeof(number), "0x%s", text) ||
	    !ef_parse_u32(number, UINT16_MAX, &v))
		return false;
	*ret = (uint16_t)v;
	return true;
}

/*
 * Walk from the tty's folder upwards to the first folder that describes a USB
 * device: ".../1-2.3/1-2.3:1.0/ttyUSB0/tty/ttyUSB0". The name of its interface
 * folder, or else its own, is the location
 * (Linux: Documentation/ABI/stable/sysfs-bus-usb).
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
			(void)sysfs_read_attr(dir, "serial", info->serial, sizeof(info->serial));
			(void)sysfs_read_attr(dir, "manufacturer", info->manufacturer,
					      sizeof(info->manufacturer));
			(void)sysfs_read_attr(dir, "product", info->product, sizeof(info->product));
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
	struct stat st;

	if (stat(path, &st) != 0 || !S_ISCHR(st.st_mode) ||
	    !ef_snprintf(link, sizeof(link), "/sys/dev/char/%u:%u", major(st.st_rdev),
			 minor(st.st_rdev)) ||
	    !host_real_path(link, dir, sizeof(dir)))
		return;
	if (ef_snprintf(link, sizeof(link), "/sys/dev/char/%u:%u/device/subsystem",
			major(st.st_rdev), minor(st.st_rdev)) &&
	    host_real_path(link, bus, sizeof(bus)) && strcmp(ef_base_name(bus), "pci") == 0)
		info->kind = EF_PORT_PCI;
	if (strncmp(ef_base_name(dir), "rfcomm", 6) == 0)
		info->kind = EF_PORT_BLUETOOTH;
	if (!usb_facts(dir, info))
		info->location[0] = '\0';
}

#else

#ifdef __APPLE__
#include <IOKit/serial/ioss.h>
#include <termios.h>
#include <sys/ioctl.h>
#endif

uint32_t host_set_any_rate(int fd, uint32_t rate_hz)
{
#ifdef __APPLE__
	speed_t speed = rate_hz;

	return ioctl(fd, IOSSIOSPEED, &speed) == 0 ? rate_hz : 0;
#else
	(void)fd;
	(void)rate_hz;
	return 0;
#endif
}

uint32_t host_get_rate(int fd)
{
	(void)fd;
	return 0;
}

void host_port_facts(const char *path, struct ef_port_info *info)
{
	(void)path;
	(void)info;
}

#endif
