/* SPDX-License-Identifier: MIT */
/* The arguments of the command bootloaders. */
#include "cli/table/options.h"

#include "cli/table/args.h"

#define OPT_END                                                                                    \
	{                                                                                          \
		.name = NULL                                                                       \
	}

#define B struct bootloaders_args
static const struct opt_choice actions[] = {
	{ "list", BOOT_LIST }, { "import", BOOT_IMPORT }, { "export", BOOT_EXPORT }, { NULL, 0 }
};
static const struct opt bootloaders_opts[] = {
	{ OPT_CHOICE(0, "action", "ACTION", B, action, actions, "what to do"), .flags = OPT_ARG,
	  .def = "list" },
	{ OPT_LIST(0, "words", "FILE", B, words,
		   "import: files, folders, or - for standard input; export: the file to write"),
	  .complete = OPT_COMPLETE_FILE, .flags = OPT_ARG | OPT_WORDS },
	{ OPT_CHIP(0, "chip", "CHIP", B, chip, "only bootloaders for this chip"),
	  .flags = OPT_COMMON, .details = "export needs it." },
	{ OPT_REV(0, "chip-revision", "MAJOR.MINOR", B, revision,
		  "only bootloaders for a chip of this revision") },
	{ OPT_CHOICE('x', "xtal-freq", "XTAL_FREQ", B, xtal_mhz, opts_xtals,
		     "only bootloaders for a board with this crystal") },
	OPT_END,
};
const struct opt_group opts_bootloaders = { "Options", bootloaders_opts };
