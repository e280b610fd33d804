/* SPDX-License-Identifier: MIT */
/*
 * Runs a thread of the library's own. The thread sees nothing but a copy of the content and the
 * compressor, so it shares no state with the session, and the caller may free or change the content
 * meanwhile. The stream is used only if what is written equals the copy.
 */
#include <stdlib.h>
#include <string.h>

#include "base/thread.h"
#include "flasher/ahead.h"
#include "flasher/deflate_all.h"
#include "flasher/transfer.h"

struct ef_ahead {
	pthread_t thread;
	uint8_t *data; /* NULL: the thread has ended, and the stream was taken */
	uint32_t len;
	uint8_t *stream; /* NULL: it failed */
	uint32_t stream_len;
};

static void *compress_it(void *ctx)
{
	struct ef_ahead *a = ctx;

	(void)ef_deflate_all(a->data, a->len, &a->stream, &a->stream_len);
	return NULL;
}

struct ef_ahead *ef_ahead_start(const struct ef_region *likely)
{
	uint32_t padded;
	struct ef_ahead *a;

	if (!likely || !likely->len || !ef_deflate_all_can(likely->len))
		return NULL;
	a = calloc(1, sizeof(*a));
	padded = ef_div_up(likely->len, 4) * 4;
	if (a)
		a->data = malloc(padded);
	if (!a || !a->data) {
		free(a);
		return NULL;
	}
	/* flash is programmed in words */
	memset(a->data + padded - 4, 0xff, 4);
	memcpy(a->data, likely->data, likely->len);
	a->len = transfer_content_len(a->data, padded, true);
	if (ef_thread_start(&a->thread, compress_it, a))
		return a;
	free(a->data);
	free(a);
	return NULL;
}

bool ef_ahead_take(struct ef_ahead *a, const uint8_t *data, uint32_t len, uint8_t **ret,
		   uint32_t *ret_len)
{
	if (!a || !a->data || len != a->len || memcmp(data, a->data, len) != 0)
		return false;
	(void)pthread_join(a->thread, NULL);
	free(a->data);
	a->data = NULL;
	*ret = a->stream;
	*ret_len = a->stream_len;
	a->stream = NULL;
	return *ret != NULL;
}

void ef_ahead_free(struct ef_ahead *a)
{
	if (!a)
		return;
	if (a->data)
		(void)pthread_join(a->thread, NULL);
	free(a->data);
	free(a->stream);
	free(a);
}
