/* SPDX-License-Identifier: MIT */
/* Writes the report of a connection as JSON. */
#ifndef EF_CLI_CONNECT_JSON_H
#define EF_CLI_CONNECT_JSON_H

#include "cli/ui/json_out.h"
#include <espflash/flasher.h>

/* Add the verdict, its evidence and the attempts to the object of an error. r may be NULL. */
void diagnosis_json(struct json_out *j, const struct ef_connect_report *r);
/* Add the array "attempts". */
void attempts_json(struct json_out *j, const struct ef_evidence *ev);

#endif
