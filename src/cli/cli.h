/* SPDX-License-Identifier: MIT */
/*
 * What is handed to commands, and the functions that they share: talking to
 * the user (ui.c), JSON (json_out.c), reaching a chip (connect.c,
 * port_select.c).
 */
#ifndef EF_CLI_CLI_H
#define EF_CLI_CLI_H

#include <signal.h>
#include <stdio.h>

#include "cli/table/args.h"
#include <espflash/flasher.h>
#include <espflash/log.h>
#include <espflash/port.h>

/* The bar or the lines that show how far a piece of work is. */
struct progress {
	enum progress_kind kind; /* AUTO was decided */
	bool is_open;            /* a bar stands in the last line, without newline */
	uint64_t started_us;
	unsigned percent; /* shown last */
	unsigned width;   /* characters of the bar shown last */
	uint64_t done;    /* shown last, with --progress json */
};

/* --log-file or --trace: see side_files.c. */
struct side_file {
	const char *what, *path;
	FILE *file; /* NULL: not asked for */
	int error;  /* errno of the first line that was lost */
};

struct config;

struct cli {
	const struct opt_program *program;
	const char *command; /* name of the running command */
	const struct opt_parsed *parsed;
	struct config *config; /* NULL until somebody asks: cli_config() */
	struct global_args global;
	FILE *out, *err;
	bool is_out_color, is_err_color;
	bool is_json;
	bool is_json_lines; /* and each object is one line of many */
	FILE *result;       /* with --json: what out is, until the end */
	char *result_text;
	size_t result_len;
	struct side_file log_file, trace;
	struct progress progress;
	struct ef_connect_report *connected; /* how connecting went; NULL: it was not tried */
	const volatile sig_atomic_t *interrupt;
	struct json_out *work; /* what was done so far: work_json.c. NULL: not told */
};

/* The program's table (commands.c). */
extern const struct opt_program cli_program;

/* The whole program; main.c's main() calls nothing else. Returns the exit status. */
int cli_main(int argc, char **argv);
/* The configuration files, read when first asked for. INPUT, IO. */
bool cli_config(struct cli *cli, const struct config **ret, struct ef_err *err) EF_MUST_CHECK;
/* From here on what is printed goes out at once, --json or not: a monitor. */
void cli_stream(struct cli *cli);
/* Whether an option was given for this run: on the command line or by the environment. */
bool cli_is_given(const struct cli *cli, const char *option);

/* ---- ui.c ---- */

/* Decide colours and progress from options, environment and terminals. */
struct ui_env {
	const char *no_color, *term, *ci; /* variables; NULL: not set */
};
void ui_init(struct cli *cli, const struct ui_env *env);
/* "[2026-01-31T12:00:00Z INFO ] text" on stderr; nothing below WARN when quiet. */
void ui_log(struct cli *cli, enum ef_log_level level, const char *fmt, ...) EF_PRINTF(3, 4);
/* For ef_log_set_sink and for ef_connect_opts.event; user is the struct cli. */
void ui_log_sink(void *user, enum ef_log_level level, const char *line);
void ui_event(void *user, const struct ef_event *event);
/* End a bar that stands in the last line of the terminal. */
void ui_progress_close(struct cli *cli);
/* The bar without what follows it, for a terminal of so many columns. */
void ui_bar_line(char *ret, size_t cap, const struct ef_event *e, uint64_t seconds,
		 unsigned columns);
unsigned ui_width(int fd); /* columns of a terminal; 80 when it is none */
unsigned help_width(void); /* cmd_meta.c: of help on standard output */
/* ui_wrap.c: a line whose first columns are used already; on a terminal broken between words. */
void ui_wrap(FILE *out, const char *text, unsigned used, unsigned indent);
void ui_wrap_at(FILE *out, const char *text, unsigned used, unsigned indent, unsigned width);
/* Whether a question can be asked: keyboard and stderr are terminals. */
bool ui_can_ask(const struct cli *cli);
/* One line from the keyboard without its newline; false at the end of input. */
bool ui_ask(struct cli *cli, const char *question, char *ret, size_t cap);
/* "72,624" */
#define UI_NUMBER_SIZE 32
void ui_number(char ret[UI_NUMBER_SIZE], uint64_t value);
/* The error as people read it, or as an object on stdout. */
void ui_error(struct cli *cli, const struct ef_err *err);
/** A next step for an error that has none. */
void cli_default_hint(const struct cli *cli, struct ef_err *err);
/* The same into the log file, where there is one. */
void ui_log_error(struct cli *cli, const struct ef_err *err);
/*
 * Better advice, where the host is known for hiding ports. path: which one was not there; NULL: no
 * board's port was found. The second one decides, from facts.
 */
void cli_port_missing(const char *path, struct ef_err *err);
void port_missing_hint(const struct ef_host_facts *host, const char *path, bool is_on_host,
		       struct ef_err *err);
/* Of the error; an interruption tells the signal. */
int ui_exit_status(const struct cli *cli, const struct ef_err *err);
/* Where path is standard output, what is for people goes to the other stream. USAGE with --json. */
bool ui_yield_stdout(struct cli *cli, const char *path, struct ef_err *err) EF_MUST_CHECK;
/* Flush stdout; IO when something of it was lost. */
bool ui_flush(struct cli *cli, struct ef_err *err) EF_MUST_CHECK;

/* ---- side_files.c ---- */

#define STAMP_SIZE 40
/* "2026-01-31T12:00:00Z", or with ".123" before the Z. */
void stamp_time(char ret[STAMP_SIZE], bool has_ms);
/* Open --log-file and --trace. IO. */
bool side_open(struct cli *cli, int argc, char **argv, struct ef_err *err) EF_MUST_CHECK;
void side_line(struct side_file *side, const char *line);
void log_file_line(struct cli *cli, const char *level, const char *text);
/* Close them; IO into err when something was lost, unless err holds an error already. */
bool side_close(struct cli *cli, struct ef_err *err) EF_MUST_CHECK;

/* ---- json_out.c ---- */

#define JSON_SCHEMA 1 /* grows when a field changes its meaning or goes away */

/*
 * One object under construction: {"schema":1,"command":...}. Sticky: when
 * memory runs out everything is ignored, and json_print says so. key NULL
 * inside arrays.
 */
struct json_out;
struct json_out *json_new(const char *command);
/* The same without the two fields, for lines of --progress json: json_print_event. */
struct json_out *json_new_line(const char *event);
void json_print_event(struct json_out *j, FILE *out);
/* text, an object, with "error" of the other object added to it. NULL: it is none. Free it. */
char *json_with_error(const char *text, const char *error, bool is_line);
void json_text(struct json_out *j, const char *key, const char *value); /* NULL: null */
void json_number(struct json_out *j, const char *key, uint64_t value);
void json_real(struct json_out *j, const char *key, double value);
void json_bool(struct json_out *j, const char *key, bool value);
void json_null(struct json_out *j, const char *key);
void json_begin_object(struct json_out *j, const char *key);
void json_begin_array(struct json_out *j, const char *key);
void json_end(struct json_out *j);
/* Print with a newline and free it; accepts NULL as out of memory. */
bool json_print(struct json_out *j, FILE *out, struct ef_err *err) EF_MUST_CHECK;
/* The same in one line: one of many objects. */
bool json_print_line(struct json_out *j, FILE *out, struct ef_err *err) EF_MUST_CHECK;
void json_free(struct json_out *j);

/* ---- work_json.c: with --json, what is being done to the chip. Else without effect. ---- */

/* chip, mac and flash_size; the caller adds what it knows and begins the array "regions". */
struct json_out *work_begin(struct cli *cli, const struct ef_device *dev, uint32_t flash_size);
/* size 0: not known. result: "written", "verified", "skipped", "erased", "loaded". */
void work_region(struct cli *cli, uint32_t addr, uint64_t size, const char *label,
		 const char *result);
void work_event(struct cli *cli, const struct ef_event *e);
/* End of the regions, and the sums. */
void work_stats(struct cli *cli, const struct ef_write_stats *stats);
void work_seconds(struct cli *cli, uint64_t us);
/* Print it, whether all went well or not. Returns ok, or false when it can't be printed. */
bool work_print(struct cli *cli, bool ok, struct ef_err *err) EF_MUST_CHECK;

/* ---- port_select.c ---- */

/* Whether a port is, or leads to, a board: by the built-in list or the user's own. */
bool port_is_known(const struct config *config, const struct ef_port_info *port);
/* "serial=", "vid:pid=" and "location=" of --port, which name a port by what is listed. */
bool port_selector(const char *text);
bool port_matches(const char *selector, const struct ef_port_info *port);
/* The first of an FT2232's two channels, when the second is there: JTAG, never the chip's UART. */
bool port_is_jtag_channel(const struct ef_port_info *list, size_t count,
			  const struct ef_port_info *port);
/* The port to use: --port, the only known board, or what the user picks. Into ret, cap bytes. */
bool port_select(struct cli *cli, const struct connect_args *args, char *ret, size_t cap,
		 struct ef_err *err) EF_MUST_CHECK;

/* ---- connect.c ---- */

struct session {
	struct ef_port *port;
	struct ef_flasher *flasher;
	uint8_t *stub;
	int lent_fd; /* a monitor lent the port; -1 */
};
#define SESSION_INIT                                                                               \
	{                                                                                          \
		NULL, NULL, NULL, -1                                                               \
	}

/* Choose and open the port, connect. What is found is in ef_flasher_device(). */
bool session_open(struct cli *cli, const struct connect_args *args, struct session *ret,
		  struct ef_err *err) EF_MUST_CHECK;
/* The same without touching the flash: for work on memory. */
bool session_open_chip(struct cli *cli, const struct connect_args *args, struct session *ret,
		       struct ef_err *err) EF_MUST_CHECK;
/* Only the port, at the monitor's rate; nothing is sent. keep_lines: not even a line changes. */
bool session_open_port(struct cli *cli, const struct connect_args *args, uint32_t rate_hz,
		       bool keep_lines, struct session *ret, struct ef_err *err) EF_MUST_CHECK;
/*
 * What became of the chip after its reset: it ends at the first proof. Silence
 * proves nothing. NOT_STARTED when it is known not to run; but: how that begins.
 */
bool start_report(struct cli *cli, struct session *s, const char *but, struct ef_start *ret,
		  struct ef_err *err) EF_MUST_CHECK;
/* Leaves the lines idle. Accepts an empty session, and may be called twice. */
void session_close(struct session *s);

/* The block that espflash prints: "Chip type: ...". */
void device_print(FILE *out, const struct ef_device *dev, uint32_t flash_size);
/* The same for --json, into the open object. */
void device_json(struct json_out *j, const struct ef_device *dev);
/* NONE, NO_FLASH or SECURE_DOWNLOAD. */
enum ef_verdict device_verdict(const struct ef_device *dev);
/* An ef_read_sink; user is a struct ef_file_out. */
bool write_bytes(void *user, const uint8_t *data, size_t len, struct ef_err *err) EF_MUST_CHECK;
void device_mac_json(struct json_out *j, const struct ef_device *dev);

bool device_is_encrypted(const struct ef_security_info *security);

/* ---- cmd_partition.c ---- */

struct ef_partition_table;
/* espflash's drawing of a table. */
void partition_show(struct cli *cli, const struct ef_partition_table *table);
/* has_md5 and partitions, into the open object. */
void partition_json(struct json_out *j, const struct ef_partition_table *table);

/* ---- shared by flash and write-bin ---- */

void print_write_stats(struct cli *cli, const struct ef_write_stats *stats);
/*
 * Before the port is touched: whether a monitor could begin with these options.
 * elf: what is being flashed, or NULL. Without is_wanted: warns of options
 * that have no effect.
 */
bool monitor_early(struct cli *cli, const struct monitor_args *mon, const char *elf, bool is_wanted,
		   struct ef_err *err) EF_MUST_CHECK;
/* The monitor on a connected port; is_running: the app was started, though not by a reset. */
bool monitor_after(struct cli *cli, struct session *s, const struct connect_args *connect,
		   const struct monitor_args *mon, const char *elf, bool is_running,
		   struct ef_err *err) EF_MUST_CHECK;

/* ---- commands ---- */
/* docs/troubleshooting.md (docs_troubleshooting.c). */
void troubleshooting_markdown(FILE *out);

bool cmd_doctor(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_flash_id(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_read_mac(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_read_mem(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_write_mem(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_dump_mem(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_load_ram(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_run(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_image_info(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_write_bin(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_monitor(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_reset(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_hold_in_reset(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_read_flash(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_checksum_md5(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_verify_flash(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_erase_flash(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_erase_parts(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_erase_region(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_flash(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_board_info(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_save_image(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_partition_table(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_config(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_list_ports(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_completions(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_help(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_complete(struct cli *cli, const void *args, struct ef_err *err);
void print_version(struct cli *cli);

#endif
