/* SPDX-License-Identifier: MIT */
/* The entry point alone, so that tests can call cli_main. */
#include <fcntl.h>
#include <unistd.h>

#include "cli/program.h"

/*
 * A standard stream that is closed would be the number of the first file or
 * port to be opened, and messages would go there. Nothing can be written to
 * what is put in its place, so that the loss is noticed.
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
