/* SPDX-License-Identifier: MIT */
/*
 * The virtual board: a chip with its ROM loader, flash, UART and reset circuit.
 * Tests use it in process, behind `struct ef_port` with a virtual clock. The program
 * espsim puts it behind a socket. It has its own chip constants, because a typo in
 * src/chip would otherwise go unnoticed.
 */
#ifndef EF_SIM_SIM_H
#define EF_SIM_SIM_H

#include <espflash/port.h>

#include "sim/board_opts.h"

struct sim;

/* NULL if the options are impossible (an unknown chip, for example), or memory runs out. */
struct sim *sim_new(const struct sim_opts *opts);
void sim_free(struct sim *sim);

/*
 * Open the host's end of the cable. Reads and sleeps advance its virtual clock; nothing really
 * waits. Closing the port doesn't change the board.
 */
bool sim_port_open(struct sim *sim, struct ef_port **ret, struct ef_err *err);

/*
 * Plan that a person holds BOOT, presses RESET and releases both at this time of the board's clock.
 */
void sim_press_buttons_at(struct sim *sim, uint64_t at_us);

/* Plan that a person presses RESET alone at this time. */
void sim_press_reset_at(struct sim *sim, uint64_t at_us);

/* ---- looking inside ---- */
const uint8_t *sim_flash(const struct sim *sim, uint32_t *ret_size);
uint8_t *sim_flash_mut(struct sim *sim);
/*
 * Apply the stand-in for the cipher of flash encryption, in either direction (crypt.c). addr: flash
 * address of the first byte.
 */
void sim_crypt(uint32_t addr, uint8_t *data, size_t len);
uint64_t sim_now_us(const struct sim *sim);
bool sim_is_download(const struct sim *sim); /* ROM or stub loader active */
bool sim_is_stub(const struct sim *sim);
void sim_set_faults(struct sim *sim, const struct sim_faults *faults); /* from here on */
bool sim_is_running(const struct sim *sim);               /* the application was started */
unsigned sim_resets(const struct sim *sim);               /* times EN rose */
unsigned sim_requests(const struct sim *sim, uint8_t op); /* requests of one opcode, 0 for all */
uint32_t sim_rate_hz(const struct sim *sim);              /* UART rate of the chip */
/* frame bytes that came while a stub had no buffer for them */
unsigned sim_lost_bytes(const struct sim *sim);
uint64_t sim_erased_bytes(const struct sim *sim);
uint32_t sim_register(struct sim *sim, uint32_t addr); /* a word of the chip's address space */
/* Return all text that the chip has printed (boot log, application), NUL-terminated. */
const char *sim_console(const struct sim *sim);

#endif
