/* SPDX-License-Identifier: MIT */
/* Writes docs/troubleshooting.md. */
#ifndef EF_DOCS_TROUBLESHOOTING_H
#define EF_DOCS_TROUBLESHOOTING_H

#include <stdio.h>

void troubleshooting_markdown(FILE *out);

#endif
