/* SPDX-License-Identifier: MIT */
/*
 * Runs a command some times and prints "MEDIAN_MS MIN_MS PEAK_KIB CPU_MS": wall-clock
 * time from fork to exit, the largest resident set of all runs, and the processor time of
 * one run on average. The command's output is thrown away; if it fails once, so does this.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RUNS_MAX 1000

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static int run(char **command)
{
	int status, null;
	pid_t pid = fork();

	if (pid == 0) {
		null = open("/dev/null", O_RDWR);
		if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0)
			_exit(126);
		execvp(command[0], command);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static double to_ms(struct timeval t)
{
	return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

int main(int argc, char **argv)
{
	static double ms[RUNS_MAX];
	struct rusage usage;
	unsigned long runs = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;

	if (runs < 1 || runs > RUNS_MAX) {
		fputs("usage: measure RUNS COMMAND [ARGUMENT...]\n", stderr);
		return 2;
	}
	for (unsigned long i = 0; i < runs; i++) {
		double start = now_ms();
		int status = run(argv + 2);

		ms[i] = now_ms() - start;
		if (status != 0) {
			fprintf(stderr, "measure: %s: exit status %d\n", argv[2], status);
			return 1;
		}
	}
	qsort(ms, runs, sizeof(ms[0]), compare);
	getrusage(RUSAGE_CHILDREN, &usage);
	printf("%.2f %.2f %ld %.2f\n", ms[runs / 2], ms[0], usage.ru_maxrss,
	       (to_ms(usage.ru_utime) + to_ms(usage.ru_stime)) / (double)runs);
	return 0;
}
