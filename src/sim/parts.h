/* SPDX-License-Identifier: MIT */
/* The parts of a board, lowest first: a part calls only parts above it in this list. */
#ifndef EF_SIM_PARTS_H
#define EF_SIM_PARTS_H

#include <espflash/port.h>

#include "sim/board.h"

/* ---- sim_flash.c ---- */
bool sim_flash_init(struct sim *sim);
bool sim_flash_reachable(const struct sim *sim);
void sim_flash_copy(const struct sim *sim, uint32_t addr, uint8_t *ret, uint32_t len);
bool sim_flash_erase(struct sim *sim, uint32_t addr, uint32_t len);
bool sim_flash_program(struct sim *sim, uint32_t addr, const uint8_t *data, uint32_t len);
bool sim_flash_md5(const struct sim *sim, uint32_t addr, uint32_t len, uint8_t ret[16]);
bool sim_flash_is_blank(const struct sim *sim, uint32_t addr, uint32_t len);
uint32_t sim_flash_id(const struct sim *sim);
/* Return the time that an operation takes; 0 on a board without pacing. */
uint64_t sim_erase_us(const struct sim *sim, uint32_t addr, uint32_t len);
uint64_t sim_program_us(const struct sim *sim, uint32_t len);
uint64_t sim_md5_us(const struct sim *sim, uint32_t len);

/* ---- crypt.c ---- */
bool sim_crypt_has_key(const struct sim *sim);
bool sim_crypt_is_on(const struct sim *sim); /* the chip decrypts what it reads */
/* Program content that the loader must encrypt. False also if the chip can't write such a range. */
bool sim_crypt_program(struct sim *sim, uint32_t addr, const uint8_t *data, uint32_t len);
/* Decrypt the flash as a boot of this chip sees it, until the close. NULL: no change is needed. */
uint8_t *sim_crypt_open(struct sim *sim);
void sim_crypt_close(struct sim *sim, uint8_t *was);

/* ---- regs.c ---- */
bool sim_mem_write(struct sim *sim, uint32_t addr, const uint8_t *data, size_t len);
void sim_mem_read(const struct sim *sim, uint32_t addr, uint8_t *buf, size_t len);
void sim_mem_clear(struct sim *sim);
void sim_regs_reset(struct sim *sim, bool is_power_on);
uint32_t sim_reg_read(struct sim *sim, uint32_t addr);
void sim_reg_write(struct sim *sim, uint32_t addr, uint32_t value);

/* ---- usb.c ---- */
bool sim_usb_is_used(const struct sim *sim); /* the host is on the chip's own port: no rate */
bool sim_usb_is_otg(const struct sim *sim);
bool sim_usb_is_there(const struct sim *sim);
void sim_usb_identity(const struct sim *sim, struct ef_port_info *ret);
/* Return whether the chip starts its loader after this reset. */
bool sim_usb_straps(struct sim *sim, enum sim_cause cause, bool is_download);
/* Note that the chip was reset. True if the port left the bus because of it. */
bool sim_usb_reset(struct sim *sim, enum sim_cause cause, bool is_download);
void sim_usb_request_loader(struct sim *sim); /* firmware asks the ROM for the loader */
void sim_usb_otg_lines(struct sim *sim, unsigned lines);

/* ---- trouble.c ---- */
/* call this after a reset: plans the next one */
void sim_trouble_started(struct sim *sim, bool is_download);
bool sim_trouble_strap(const struct sim *sim, unsigned *ret_strap, const char **ret_name);
/*
 * Return the port as an open handle sees it: the number of its present life, and whether it is
 * there now.
 */
uint64_t sim_trouble_port_life(const struct sim *sim, bool *ret_is_there);

/* ---- wire.c ---- */
bool sim_wire_push(struct sim *sim, struct sim_wire *wire, uint64_t at, uint32_t rate, uint8_t byte,
		   bool is_text);
bool sim_wire_pop(struct sim_wire *wire, uint64_t now, struct sim_wire_byte *ret);
/* Return the value that a receiver reads for a byte if both directions share one wire. */
uint8_t sim_wire_mix(const struct sim_wire *other, const struct sim_wire_byte *b);
void sim_wire_cut(struct sim_wire *wire, uint64_t now); /* drop the bytes that are under way */
/* Return whether the host's driver takes this rate. */
bool sim_bridge_can(const struct sim *sim, uint32_t rate_hz);
/* Make the bridge pass on the bytes that it holds. */
void sim_host_release(struct sim *sim);
bool sim_rates_agree(const struct sim *sim, uint32_t a, uint32_t b);
uint8_t sim_garble(struct sim *sim, uint8_t byte);
/* Apply noise to one byte; returns how many bytes arrive: 0, 1 or 2. */
unsigned sim_noisy(struct sim *sim, const struct sim_wire_byte *b, uint8_t ret[2]);

/* ---- slip.c ---- */
void sim_slip_start(struct sim_slip *slip, size_t limit);
bool sim_slip_push(struct sim_slip *slip, uint8_t byte); /* true: a frame is in buf */

/* ---- host.c ---- */
void sim_uart_send(struct sim *sim, uint64_t at, const void *data, size_t len, bool is_text);
void sim_uart_frame(struct sim *sim, uint64_t at, const uint8_t *data, size_t len);
void sim_host_receive(struct sim *sim, const struct sim_wire_byte *b);
void sim_host_put(struct sim *sim, uint8_t byte);
size_t sim_uart_take(struct sim *sim, uint8_t *buf, size_t cap);
void sim_uart_forget(struct sim *sim); /* drop the bytes that the host has not read */
void sim_uart_from_host(struct sim *sim, const uint8_t *data, size_t len);
/* Pull the cable: drop all bytes under way, and those that the host has not read. */
void sim_uart_cut(struct sim *sim);

/* ---- stub_frames.c ---- */
void sim_frames_start(struct sim *sim); /* both buffers are free */
void sim_frames_take(struct sim_stub_rx *rx, uint8_t byte);
/* whether there is a frame to handle; the older one comes first */
bool sim_frames_poll(struct sim_stub_rx *rx);
void sim_frames_release(struct sim_stub_rx *rx);

/* ---- stub_rx.c ---- */
void sim_stub_rx_byte(struct sim *sim, uint8_t byte);
void sim_stub_rx_interrupt(struct sim *sim); /* the stub empties its FIFO */
void sim_stub_rx_poll(struct sim *sim);      /* the stub has finished its work */

/* ---- uart.c ---- */
void sim_uart_arrive(struct sim *sim); /* deliver the bytes that are due, both ways */
void sim_uart_idle(struct sim *sim);   /* the chip reads its FIFO again */

/* ---- reset.c ---- */
/* Make the board this kind of chip, from power-on or from a reset on. */
void sim_become(struct sim *sim, const struct sim_chip *chip);
void sim_reset_chip(struct sim *sim, enum sim_cause cause, bool is_download);

/* ---- circuit.c ---- */
void sim_circuit_init(struct sim *sim);
void sim_circuit_lines(struct sim *sim, unsigned lines);
void sim_circuit_en_rose(struct sim *sim);
void sim_circuit_press(struct sim *sim);
void sim_circuit_press_at(struct sim *sim, uint64_t at_us);
void sim_circuit_hand(struct sim *sim);
void sim_circuit_hand_at(struct sim *sim, uint64_t at_us);

/* ---- factory.c ---- */
void sim_factory(struct sim *sim);

/* ---- sim.c: time ---- */
void sim_advance(struct sim *sim, uint64_t until_us);
uint64_t sim_next_event(const struct sim *sim); /* SIM_NEVER: nothing is pending */
/*
 * Return the time of the next event that the host can notice: not each byte that the chip receives,
 * but the end of a frame, and the moment when no more than room bytes are under way to the chip.
 */
uint64_t sim_next_effect(const struct sim *sim, size_t room);

#endif
