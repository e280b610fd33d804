/* SPDX-License-Identifier: MIT */
/*
 * How long a program takes by itself:
 *
 *     own_time LOG COMMAND [ARGUMENT...]
 *
 * writes the milliseconds to the file LOG, and ends as the command does. The time that the program
 * waits for a processor is left out: it says how busy the machine is. A program that waits for
 * something else, or that computes for long, is late by this clock, too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* How long the process was ready to run, and did not. 0: the system does not tell. */
static double delay_ms(pid_t pid)
{
	double ran_ns, waited_ns = 0;
	char path[64];
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%ld/schedstat", (long)pid);
	f = fopen(path, "r");
	if (f && fscanf(f, "%lf %lf", &ran_ns, &waited_ns) != 2)
		waited_ns = 0;
	if (f)
		(void)fclose(f);
	return waited_ns / 1e6;
}

int main(int argc, char **argv)
{
	double begin = now_ms(), took;
	siginfo_t info;
	int status;
	pid_t pid;
	FILE *log;

	log = argc > 2 ? fopen(argv[1], "w") : NULL;
	pid = log ? fork() : -1;
	if (pid == 0) {
		(void)execvp(argv[2], argv + 2);
		_exit(127);
	}
	/* what it waited for is known until its end has been collected */
	if (pid < 0 || waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) != 0) {
		perror("own_time");
		return 126;
	}
	took = now_ms() - begin;
	(void)fprintf(log, "%.0f\n", took - delay_ms(pid));
	(void)fclose(log);
	if (waitpid(pid, &status, 0) != pid)
		return 126;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
