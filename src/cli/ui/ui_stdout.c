/* SPDX-License-Identifier: MIT */
/* Knows to whom standard output belongs: results, the content of a file, or a monitor. */
#include "cli/ui/ui.h"

#include <poll.h>
#include <stdlib.h>

#include "base/util.h"

bool ui_yield_stdout(struct cli *cli, const char *path, struct ef_err *err)
{
	if (!ef_file_is_stdout(path))
		return true;
	if (!cli->is_json) {
		cli->out = cli->err;
		return true;
	}
	ef_fail(err, EF_E_USAGE,
		"'--json' and the content of '%s' can't both go to standard output", path);
	return ef_hint(err, "name a file, or leave '--json' out");
}

bool ui_flush(struct cli *cli, struct ef_err *err)
{
	struct pollfd reader = { .fd = fileno(cli->out), .events = POLLOUT };

	if (fflush(cli->out) == 0 && !ferror(cli->out))
		return true;
	/* "| head" has read enough and left: that is no failure of ours. */
	if (poll(&reader, 1, 0) == 1 && (reader.revents & POLLERR))
		return true;
	return ef_fail(err, EF_E_IO, "cannot write to standard output");
}

void ui_stream(struct cli *cli)
{
	if (cli->result && fclose(cli->result) == 0) {
		fputs(cli->result_text, stdout);
		free(cli->result_text);
		cli->result = NULL;
		cli->result_text = NULL;
		cli->out = stdout;
	}
	(void)fflush(cli->out);
}
