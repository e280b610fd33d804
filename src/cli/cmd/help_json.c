/* SPDX-License-Identifier: MIT */
/* Writes the table as JSON, for editors, wrappers and the completion of other programs. */
#include "cli/cmd/help_json.h"

static const char *kind_name(const struct opt *o)
{
	switch (o->kind) {
	case OPT_KIND_FLAG:
		return "flag";
	case OPT_KIND_COUNT:
		return "count";
	case OPT_KIND_U32:
		return "number";
	case OPT_KIND_REV:
		return "revision";
	case OPT_KIND_CHOICE:
	case OPT_KIND_CHIP:
		return "choice";
	case OPT_KIND_LIST:
		return "list";
	case OPT_KIND_STRING:
		break;
	}
	return o->complete == OPT_COMPLETE_FILE ? "file" : "string";
}

static void json_opt(struct json_out *j, const struct opt *o, bool is_global)
{
	const char letter[2] = { o->letter, '\0' };
	const char *name;

	json_begin_object(j, NULL);
	json_text(j, "name", o->name);
	json_text(j, "letter", o->letter ? letter : NULL);
	json_text(j, "kind", kind_name(o));
	json_text(j, "value", o->value);
	json_text(j, "help", o->help);
	json_bool(j, "positional", o->flags & OPT_ARG);
	json_bool(j, "required", o->flags & OPT_REQUIRED);
	json_bool(j, "global", is_global);
	json_text(j, "default", o->def);
	json_text(j, "environment", o->env);
	json_text(j, "configuration", o->config);
	json_begin_array(j, "choices");
	for (size_t i = 0; (name = opt_choice_name(o, i)); i++)
		json_text(j, NULL, name);
	json_end(j);
	json_end(j);
}

void help_json(struct json_out *j, const struct opt_program *program,
	       const struct opt_command *only)
{
	json_begin_array(j, "commands");
	for (const struct opt_command *c = program->commands; c->name; c++) {
		struct opt_ref ref = { 0 };

		if (c->is_hidden || (only && c != only))
			continue;
		json_begin_object(j, NULL);
		json_text(j, "name", c->name);
		json_text(j, "summary", c->summary);
		json_begin_array(j, "options");
		while (opt_next(program, c, &ref))
			if (!(ref.opt->flags & OPT_HIDDEN))
				json_opt(j, ref.opt, ref.is_global);
		json_end(j);
		json_end(j);
	}
	json_end(j);
}
