/* SPDX-License-Identifier: MIT */
/* Finds the configuration files. Source: espflash's README, "Configuration Files". */
#include <sys/stat.h>

#include "cli/config/config_priv.h"
#include "base/util.h"

static bool is_there(const char *path, struct stat *ret)
{
	return *path && stat(path, ret) == 0;
}

/* Get the user's own folder with a slash at its end; "" if the environment names none. */
static void global_dir(const struct config_query *q, char *ret, size_t cap)
{
	bool fits;

#if defined(__APPLE__)
	fits = q->home &&
	       ef_snprintf(ret, cap, "%s/Library/Application Support/rs.esp.espflash/", q->home);
#else
	if (q->xdg_config_home && q->xdg_config_home[0] == '/')
		fits = ef_snprintf(ret, cap, "%s/espflash/", q->xdg_config_home);
	else
		fits = q->home && *q->home == '/' &&
		       ef_snprintf(ret, cap, "%s/.config/espflash/", q->home);
#endif
	if (!fits)
		*ret = '\0';
}

void config_place(struct config_file *ret, const struct config_query *q, bool is_ports,
		  bool is_global)
{
	const char *name = is_ports ? CONFIG_PORTS : CONFIG_PROJECT;
	char dir[CONFIG_PATH_SIZE - 32];
	struct stat st;

	*ret = (struct config_file){ .is_ports = is_ports, .is_global = is_global };
	if (is_global) {
		global_dir(q, dir, sizeof(dir));
		if (*dir)
			(void)ef_snprintf(ret->path, sizeof(ret->path), "%s%s", dir, name);
	} else {
		(void)ef_strlcpy(ret->path, sizeof(ret->path), name);
		if (!is_there(name, &st))
			(void)ef_snprintf(ret->path, sizeof(ret->path), "../%s", name);
		if (!is_there(ret->path, &st))
			(void)ef_strlcpy(ret->path, sizeof(ret->path), name);
	}
	ret->is_there = is_there(ret->path, &st);
	ret->trust = EF_TRUST_OK;
	/* a folder of this name is an error: it can only be a mistake */
	if (!ret->is_there || S_ISDIR(st.st_mode))
		return;
	ret->trust = ef_file_trust(ret->path, q->sudo_uid);
	/*
	 * After su, or in a container, HOME may be the folder of another user, whose file is not
	 * ours.
	 */
	if (is_global && ret->trust == EF_TRUST_WRITABLE)
		ret->trust = EF_TRUST_OK;
	ret->is_there = ret->trust == EF_TRUST_OK;
}

/* If the current folder is the user's own, the local file and the global file are the same. */
bool config_is_read_already(const struct config *c, const struct config_file *file)
{
	struct stat one, two;

	if (!is_there(file->path, &one))
		return false;
	for (const struct config_file *f = c->file; f < file; f++)
		if (f->is_there && is_there(f->path, &two) && one.st_dev == two.st_dev &&
		    one.st_ino == two.st_ino)
			return true;
	return false;
}
