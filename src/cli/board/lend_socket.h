/* SPDX-License-Identifier: MIT */
/* The private socket over which a monitor lends its port. */
#ifndef EF_CLI_LEND_SOCKET_H
#define EF_CLI_LEND_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/un.h>

/*
 * Get the path of a port's socket. makes_folder: create the folder. false: no folder can be
 * trusted.
 */
bool lend_path(const char *port_name, bool makes_folder, char *ret, size_t cap);
bool lend_address(const char *path, struct sockaddr_un *ret);
/* Return a new socket that no child process inherits; -1. */
int lend_socket(void);
/* Return a connection to the monitor that listens there; -1: none does. Never waits. */
int lend_connect(const char *path);

#endif
