/* SPDX-License-Identifier: MIT */
/*
 * Names of hosts within a time: a lookup that never ends by itself is given up at the deadline
 * and at an interrupt, and frees what it has when it ends at last. The lookups here wait for
 * the test, not for a clock.
 */
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>

#include "ck_ef.h"
#include "port/net_resolve.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool may_end, has_ended;
static unsigned calls;

static int find_local(struct addrinfo **ret)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
					.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };

	return getaddrinfo("127.0.0.1", "1", &hints, ret);
}

static int found(const char *host, const char *service, const struct addrinfo *hints,
		 struct addrinfo **ret)
{
	calls++;
	ck_assert_str_eq(host, "board.example");
	ck_assert_str_eq(service, "4000");
	ck_assert_int_eq(hints->ai_socktype, SOCK_STREAM);
	return find_local(ret);
}

static int unknown(const char *host, const char *service, const struct addrinfo *hints,
		   struct addrinfo **ret)
{
	(void)host;
	(void)service;
	(void)hints;
	(void)ret;
	return EAI_NONAME;
}

/* Acts as a name server that answers after its caller has given up. */
static int stuck(const char *host, const char *service, const struct addrinfo *hints,
		 struct addrinfo **ret)
{
	int code;

	(void)host;
	(void)service;
	(void)hints;
	(void)pthread_mutex_lock(&lock);
	while (!may_end)
		(void)pthread_cond_wait(&changed, &lock);
	code = find_local(ret);
	has_ended = true;
	(void)pthread_cond_signal(&changed);
	(void)pthread_mutex_unlock(&lock);
	return code;
}

static void let_it_end(void)
{
	(void)pthread_mutex_lock(&lock);
	may_end = true;
	(void)pthread_cond_broadcast(&changed);
	while (!has_ended)
		(void)pthread_cond_wait(&changed, &lock);
	(void)pthread_mutex_unlock(&lock);
}

START_TEST(a_name_is_found)
{
	struct addrinfo *list = NULL;
	struct ef_err err = EF_ERR_INIT;

	ck_ok(net_resolve(found, "board.example", "4000", host_now_us() + 60000000, NULL, &list,
			  &err),
	      &err);
	ck_assert_ptr_nonnull(list);
	ck_assert_int_eq(list->ai_family, AF_INET);
	ck_assert_uint_eq(calls, 1);
	freeaddrinfo(list);
}
END_TEST

START_TEST(a_name_is_unknown)
{
	struct addrinfo *list = NULL;
	struct ef_err err = EF_ERR_INIT;

	ck_assert(!net_resolve(unknown, "nobody.example", "4000", host_now_us() + 60000000, NULL,
			       &list, &err));
	ck_assert_ptr_null(list);
	ck_assert_int_eq(err.hint.id, EF_HINT_HOST_UNKNOWN);
	ck_fails(false, &err, EF_E_PORT, "no such host: 'nobody.example'");
}
END_TEST

START_TEST(an_address_asks_nobody)
{
	static const char *const hosts[] = { "127.0.0.1", "::1", "192.0.2.7" };

	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		struct addrinfo *list = NULL;
		struct ef_err err = EF_ERR_INIT;

		ck_ok(net_resolve(stuck, hosts[i], "4000", 0, NULL, &list, &err), &err);
		ck_assert_ptr_nonnull(list);
		freeaddrinfo(list);
	}
}
END_TEST

START_TEST(a_lookup_that_hangs_is_given_up)
{
	volatile sig_atomic_t flag = _i;
	uint64_t start_us = host_now_us();
	struct addrinfo *list = NULL;
	struct ef_err err = EF_ERR_INIT;

	if (_i == 0)
		ck_fails(net_resolve(stuck, "slow.example", "4000", start_us + 30000, &flag, &list,
				     &err),
			 &err, EF_E_TIMEOUT, "address of 'slow.example' in time");
	else
		ck_fails(net_resolve(stuck, "slow.example", "4000", start_us + 600000000, &flag,
				     &list, &err),
			 &err, EF_E_INTR, "");
	ck_assert_ptr_null(list);
	let_it_end();
}
END_TEST

Suite *suite_resolve(void);
Suite *suite_resolve(void)
{
	Suite *s = suite_create("resolve");
	TCase *t = tcase_create("all");

	tcase_add_test(t, a_name_is_found);
	tcase_add_test(t, a_name_is_unknown);
	tcase_add_test(t, an_address_asks_nobody);
	tcase_add_loop_test(t, a_lookup_that_hangs_is_given_up, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
