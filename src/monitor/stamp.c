/* SPDX-License-Identifier: MIT */
/* Knows how times are written. */
#include "monitor/stamp.h"

#include <inttypes.h>
#include <time.h>

#include "base/util.h"

static uint64_t system_us(void)
{
	struct timespec ts = { 0, 0 };

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

static void write_wall(uint64_t us, char ret[STAMP_SIZE])
{
	time_t seconds = (time_t)(us / 1000000u);
	char text[32] = "";
	struct tm tm;

	if (localtime_r(&seconds, &tm))
		(void)strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	(void)ef_snprintf(ret, STAMP_SIZE, "%s.%03u ", text, (unsigned)(us / 1000u % 1000u));
}

static void write_seconds(const char *sign, int width, uint64_t us, char ret[STAMP_SIZE])
{
	(void)ef_snprintf(ret, STAMP_SIZE, "[%s%*" PRIu64 ".%03u] ", sign, width, us / 1000000u,
			  (unsigned)(us / 1000u % 1000u));
}

void stamp_write(const struct stamp *s, uint64_t since_us, char ret[STAMP_SIZE])
{
	uint64_t elapsed_us = since_us - s->clock->started_us;
	uint64_t age_us = s->clock->now_us - since_us;

	ret[0] = '\0';
	switch (s->kind) {
	case EF_STAMP_NONE:
		break;
	case EF_STAMP_WALL:
		write_wall((s->wall_us ? s->wall_us() : system_us()) - age_us, ret);
		break;
	case EF_STAMP_ELAPSED:
		write_seconds("", 5, elapsed_us, ret);
		break;
	case EF_STAMP_DELTA:
		write_seconds("+", 3, s->before_us ? since_us - s->before_us : elapsed_us, ret);
		break;
	}
}
