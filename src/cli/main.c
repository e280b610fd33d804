/* SPDX-License-Identifier: MIT */
/* The entry point stands alone, so that tests can link cli_main with a main() of their own. */
#include <fcntl.h>
#include <unistd.h>

#include "cli/program.h"

/*
 * If a standard stream is closed, the next file or port that is opened gets its
 * number, and messages would be written there. Fill the gap with a descriptor that
 * refuses writes, so that the loss is noticed.
 */
static void hold_standard_streams(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	hold_standard_streams();
	return cli_main(argc, argv);
}
