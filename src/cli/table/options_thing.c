/* SPDX-License-Identifier: MIT */
/* Options of the commands that take a build, a download, or files with addresses. */
#include "cli/table/options.h"

#include "cli/table/args.h"

#define OPT_END                                                                                    \
	{                                                                                          \
		.name = NULL                                                                       \
	}

#define TH struct thing_args
static const struct opt thing_opts[] = {
	{ OPT_FLAG(0, "fill-gaps", TH, fill_gaps, "take the blank ranges of a merged image, too"),
	  .flags = OPT_FOR_BUILD,
	  .details = "Else NVS, file systems and whatever the file has only 0xff for stay as they "
		     "are. otadata is always written: blank, it selects the first app." },
	{ OPT_STRING(0, "environment", "NAME", TH, environment,
		     "environment of a PlatformIO project"),
	  .flags = OPT_FOR_BUILD,
	  .details = "Default: the first of default_envs, else the only one that is built." },
	{ OPT_FLAG(0, "keep-fs", TH, keep_fs, "leave file systems out"), .flags = OPT_FOR_BUILD },
	OPT_END,
};
const struct opt_group opts_thing = { "Options", thing_opts };

#define P struct pairs_args
static const struct opt pairs_opts[] = {
	{ OPT_STRING(0, "address", "ADDRESS", P, place, "where the file goes, or a partition"),
	  .complete = OPT_COMPLETE_FILE, .flags = OPT_ARG | OPT_REQUIRED },
	{ OPT_FILE(0, "file", "FILE", P, file, "file with the content"), .flags = OPT_ARG,
	  .details = "Without it, the only argument is what 'flash' takes: a build folder, a "
		     "merged image, an archive. Its parts have their places." },
	{ OPT_LIST(0, "more", "ADDRESS FILE", P, more, "further places and files"),
	  .complete = OPT_COMPLETE_FILE, .flags = OPT_ARG | OPT_WORDS },
	OPT_END,
};
const struct opt_group opts_pairs = { "Options", pairs_opts };

#define II struct image_info_args
static const struct opt image_info_opts[] = {
	{ OPT_FILE(0, "file", "FILE", II, file, "image to explain, or what 'flash' takes"),
	  .flags = OPT_ARG | OPT_REQUIRED },
	{ OPT_CHIP(0, "chip", "CHIP", II, chip, "chip, of a manifest with builds for several") },
	OPT_END,
};
const struct opt_group opts_image_info = { "Options", image_info_opts };
