/* SPDX-License-Identifier: MIT */
/*
 * Finds the socket of a port's monitor. Only a socket in a folder that belongs to
 * this user alone is trusted.
 */
#include "cli/board/lend_socket.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/util.h"

static bool is_ours(const char *folder)
{
	struct stat st;

	return lstat(folder, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
	       (st.st_mode & 077) == 0;
}

/* The path depends on the device, not on which of its names was given. */
bool lend_path(const char *port_name, bool makes_folder, char *ret, size_t cap)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	char folder[160], hex[17];
	char *real = realpath(port_name, NULL);
	const char *name = real ? real : port_name;
	uint8_t digest[32];
	bool ok;

	ef_sha256(name, strlen(name), digest);
	free(real);
	ef_hex(hex, digest, 8);
	/* su and sudo may leave the folder of another user, who could move ours away */
	ok = runtime && runtime[0] == '/' && !ef_is_foreign_place(runtime)
		     ? ef_snprintf(folder, sizeof(folder), "%s/espflash-c", runtime)
		     : ef_snprintf(folder, sizeof(folder), "/tmp/espflash-c-%lu",
				   (unsigned long)geteuid());
	if (!ok)
		return false;
	if (makes_folder)
		(void)mkdir(folder, 0700);
	return is_ours(folder) && ef_snprintf(ret, cap, "%s/%s.sock", folder, hex);
}

bool lend_address(const char *path, struct sockaddr_un *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->sun_family = AF_UNIX;
	return ef_strlcpy(ret->sun_path, sizeof(ret->sun_path), path);
}

int lend_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd >= 0)
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
}

int lend_connect(const char *path)
{
	struct sockaddr_un address;
	int fd;

	if (!lend_address(path, &address))
		return -1;
	fd = lend_socket();
	/* don't block if the monitor's queue is full */
	if (fd >= 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0 &&
	    connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}
