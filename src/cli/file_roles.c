/* SPDX-License-Identifier: MIT */
/*
 * Knows which files a command line reads and writes, and refuses one that has two roles: a log that
 * is opened first would empty the firmware that is flashed. The option table has the roles, and the
 * file system shows which names are the same file.
 */
#include "cli/file_roles.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/config/config.h"
#include "cli/config/esptool_cfg.h"
#include "cli/config/remember.h"
#include "base/util.h"

#define LINKS_MAX 16
#define ROLES_MAX (2 * OPT_COUNT_MAX + OPT_LIST_MAX)

/* One file in one role. */
struct role {
	const char *path;
	const struct opt *opt; /* NULL: the name in what */
	const char *what;
	bool is_written, is_side; /* side: beside the command's own results */
};

/* What a name leads to: a file that is there, or a place in a folder. */
struct identity {
	bool is_known, is_there;
	dev_t dev; /* the folder's, if the file is not there yet */
	ino_t ino;
	char name[256]; /* in that folder */
};

struct roles {
	struct role role[ROLES_MAX];
	size_t count;
};

/* ---- the same file ---- */

/* Follow links by hand: realpath knows no file that is not there yet. */
static bool follow(const char *path, char ret[PATH_MAX])
{
	struct stat st;

	if (!ef_strlcpy(ret, PATH_MAX, path))
		return false;
	for (unsigned i = 0; i < LINKS_MAX && lstat(ret, &st) == 0 && S_ISLNK(st.st_mode); i++) {
		char target[PATH_MAX], here[PATH_MAX];
		ssize_t len = readlink(ret, target, sizeof(target) - 1);

		if (len <= 0)
			return false;
		target[len] = '\0';
		if (!ef_snprintf(here, sizeof(here), "%.*s%s",
				 target[0] == '/' ? 0 : (int)(ef_base_name(ret) - ret), ret,
				 target) ||
		    !ef_strlcpy(ret, PATH_MAX, here))
			return false;
	}
	return true;
}

static bool identify_place(const char *path, struct identity *ret)
{
	char real[PATH_MAX], folder[PATH_MAX];
	const char *name;
	struct stat st;

	if (!follow(path, real))
		return false;
	name = ef_base_name(real);
	if (!ef_snprintf(folder, sizeof(folder), "%.*s", name > real ? (int)(name - real) : 2,
			 name > real ? real : "./") ||
	    stat(folder, &st) != 0 || !ef_strlcpy(ret->name, sizeof(ret->name), name))
		return false;
	ret->dev = st.st_dev;
	ret->ino = st.st_ino;
	return true;
}

/* Pipes, terminals and /dev/null take what comes, and keep no content that could be lost. */
static struct identity identify(const struct role *role)
{
	struct identity ret = { .is_known = false };
	bool is_stream = strcmp(role->path, "-") == 0;
	struct stat st;

	/* an output "-" is standard output itself: the option says whether it may be */
	if (is_stream && role->opt && role->is_written)
		return ret;
	if (is_stream ? fstat(role->is_written ? STDOUT_FILENO : STDIN_FILENO, &st) == 0
		      : stat(role->path, &st) == 0) {
		ret.is_known = S_ISREG(st.st_mode) ||
			       (role->opt && role->opt->complete == OPT_COMPLETE_PORT);
		ret.is_there = true;
		ret.dev = st.st_dev;
		ret.ino = st.st_ino;
	} else if (!is_stream) {
		ret.is_known = identify_place(role->path, &ret);
	}
	return ret;
}

/*
 * Names in one folder that are not there yet, and that differ in case alone, count as the same:
 * folders of FAT, NTFS and others do not tell them apart, and there is no portable question.
 */
static bool is_same(const struct identity *a, const struct identity *b)
{
	return a->is_known && b->is_known && a->is_there == b->is_there && a->dev == b->dev &&
	       a->ino == b->ino && strcasecmp(a->name, b->name) == 0;
}

/* ---- the roles ---- */

static void add(struct roles *r, const struct role *role)
{
	if (r->count < ROLES_MAX && role->path && role->path[0])
		r->role[r->count++] = *role;
}

/* written: the word of the list that names an output file; NULL. */
static void add_option(struct roles *r, const struct opt_ref *ref, const void *value,
		       const char *written)
{
	const struct opt *o = ref->opt;
	struct role role = { .opt = o,
			     .is_written = o->flags & OPT_WRITES,
			     .is_side = ref->is_global };

	if (o->complete != OPT_COMPLETE_FILE && o->complete != OPT_COMPLETE_PORT)
		return;
	if (o->kind == OPT_KIND_STRING) {
		role.path = *(const char *const *)value;
		add(r, &role);
	} else if (o->kind == OPT_KIND_LIST) {
		const struct opt_list *list = value;

		for (size_t i = 0; i < list->count; i++) {
			role.path = list->item[i];
			role.is_written = role.path == written;
			add(r, &role);
		}
	}
}

static void collect(struct cli *cli, const unsigned char *args, char *state, size_t cap,
		    struct roles *r)
{
	const unsigned char *globals = (const unsigned char *)&cli->global;
	const struct opt_command *c = cli->parsed->command;
	const char *written = c->written ? c->written(args) : NULL;
	struct opt_ref ref = { 0 };

	while (opt_next(cli->program, c, &ref))
		add_option(r, &ref, (ref.is_global ? globals : args + ref.base) + ref.opt->offset,
			   written);
	for (size_t i = 0; cli->config && i < CONFIG_FILES; i++)
		add(r, &(struct role){ .path = cli->config->file[i].path,
				       .what = "the configuration" });
	add(r, &(struct role){ .path = getenv("ESPTOOL_CFGFILE"),
			       .what = "the configuration (ESPTOOL_CFGFILE)" });
	if (remember_place(state, cap, getenv("XDG_STATE_HOME"), getenv("HOME")))
		add(r, &(struct role){ .path = state, .what = "the file of remembered boards" });
	add(r, &(struct role){ .path = "-", .what = "standard input" });
	add(r, &(struct role){ .path = "-", .what = "standard output", .is_written = true });
}

/* ---- the verdict ---- */

static void print_role(const struct role *r, char *ret, size_t cap)
{
	if (!r->opt)
		(void)ef_strlcpy(ret, cap, r->what);
	else if (r->opt->flags & OPT_ARG)
		(void)ef_snprintf(ret, cap, "%s '%s'", r->opt->value, r->path);
	else
		(void)ef_snprintf(ret, cap, "'--%s %s'", r->opt->name, r->path);
}

static bool refuse(const struct role *out, const struct role *other, bool is_other_case,
		   struct ef_err *err)
{
	char a[EF_ERR_MSG_SIZE / 3], b[EF_ERR_MSG_SIZE / 3];

	print_role(out, a, sizeof(a));
	print_role(other, b, sizeof(b));
	ef_fail(err, EF_E_USAGE, "%s and %s %s file: %s", a, b,
		is_other_case ? "differ in case alone, and may be the same" : "are the same",
		other->is_written ? "each would destroy what the other writes"
				  : "it is needed and would be overwritten");
	return ef_hint_own(err, "give each its own file");
}

/*
 * No output may become a file that a later run obeys, such as a configuration. A log contains the
 * chip's output, and later runs search the current folder and the one above for such files.
 */
static bool check_name(const struct role *out, struct ef_err *err)
{
	char real[PATH_MAX];
	const char *name;

	if (!out->is_written || !out->opt)
		return true;
	name = ef_base_name(follow(out->path, real) ? real : out->path);
	if (!config_is_name(name) && !esptool_cfg_is_name(name))
		return true;
	ef_fail(err, EF_E_USAGE, "'%s' is the name of a configuration: the next run would read it",
		out->path);
	return ef_hint_own(err, "choose another name");
}

/* A command's own result may go to /dev/stdout; a log there would mix with the results. */
static bool are_compared(const struct role *out, const struct role *other)
{
	bool is_stdout = !other->opt && other->is_written;

	return out->is_written && out->opt &&
	       (!is_stdout || out->is_side || strncmp(out->path, "/dev/", 5) != 0);
}

bool file_roles_check(struct cli *cli, const void *args, struct ef_err *err)
{
	struct roles *r = calloc(1, sizeof(*r));
	struct identity *id = calloc(ROLES_MAX, sizeof(*id));
	char state[PATH_MAX];
	bool ok = r && id;

	if (!ok)
		ef_fail(err, EF_E_IO, "out of memory");
	else
		collect(cli, args, state, sizeof(state), r);
	for (size_t i = 0; ok && i < r->count; i++) {
		ok = check_name(&r->role[i], err);
		id[i] = identify(&r->role[i]);
	}
	for (size_t i = 0; ok && i < r->count; i++)
		for (size_t k = 0; ok && k < r->count; k++)
			if (k != i && are_compared(&r->role[i], &r->role[k]) &&
			    is_same(&id[i], &id[k]))
				ok = refuse(&r->role[i], &r->role[k],
					    strcmp(id[i].name, id[k].name) != 0, err);
	free(id);
	free(r);
	return ok;
}
