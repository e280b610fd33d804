/* SPDX-License-Identifier: MIT */
/* The arguments of the commands that work on memory. Names and syntax are esptool's. */
#include "cli/table/options.h"

#include "cli/table/args.h"

#define OPT_END                                                                                    \
	{                                                                                          \
		.name = NULL                                                                       \
	}
#define ADDRESS(s, h)                                                                              \
	OPT_U32(0, "address", "ADDRESS", s, address, 0, UINT32_MAX, h),                            \
		.flags = OPT_ARG | OPT_REQUIRED

static const struct opt read_mem_opts[] = {
	{ ADDRESS(struct read_mem_args, "address of the word, a multiple of 4") },
	OPT_END,
};
const struct opt_group opts_read_mem = { "Options", read_mem_opts };

static const struct opt write_mem_opts[] = {
	{ ADDRESS(struct write_mem_args, "address of the word, a multiple of 4") },
	{ OPT_U32(0, "value", "VALUE", struct write_mem_args, value, 0, UINT32_MAX,
		  "value to write"),
	  .flags = OPT_ARG | OPT_REQUIRED },
	{ OPT_U32(0, "mask", "MASK", struct write_mem_args, mask, 0, UINT32_MAX,
		  "the bits that change"),
	  .flags = OPT_ARG, .def = "0xffffffff" },
	OPT_END,
};
const struct opt_group opts_write_mem = { "Options", write_mem_opts };

static const struct opt dump_mem_opts[] = {
	{ ADDRESS(struct dump_mem_args, "first byte to read") },
	{ OPT_U32(0, "size", "SIZE", struct dump_mem_args, size, 1, UINT32_MAX, "number of bytes"),
	  .flags = OPT_ARG | OPT_REQUIRED },
	{ OPT_FILE(0, "file", "FILE", struct dump_mem_args, file, "file to write"),
	  .flags = OPT_ARG | OPT_REQUIRED | OPT_WRITES },
	OPT_END,
};
const struct opt_group opts_dump_mem = { "Options", dump_mem_opts };

static const struct opt load_ram_opts[] = {
	{ OPT_FILE(0, "file", "FILE", struct load_ram_args, file, "program to load: image or ELF"),
	  .flags = OPT_ARG | OPT_REQUIRED },
	OPT_END,
};
const struct opt_group opts_load_ram = { "Options", load_ram_opts };
