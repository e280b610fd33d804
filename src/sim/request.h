/* SPDX-License-Identifier: MIT */
/* Requests and answers, shared by ROM loader, stub and their dispatcher. */
#ifndef EF_SIM_REQUEST_H
#define EF_SIM_REQUEST_H

#include "sim/board.h"

#define SIM_OP_FLASH_BEGIN     0x02u
#define SIM_OP_FLASH_DATA      0x03u
#define SIM_OP_FLASH_END       0x04u
#define SIM_OP_MEM_BEGIN       0x05u
#define SIM_OP_MEM_END         0x06u
#define SIM_OP_MEM_DATA        0x07u
#define SIM_OP_SYNC            0x08u
#define SIM_OP_WRITE_REG       0x09u
#define SIM_OP_READ_REG        0x0au
#define SIM_OP_SPI_SET_PARAMS  0x0bu
#define SIM_OP_SPI_ATTACH      0x0du
#define SIM_OP_READ_FLASH_SLOW 0x0eu
#define SIM_OP_CHANGE_BAUD     0x0fu
#define SIM_OP_DEFL_BEGIN      0x10u
#define SIM_OP_DEFL_DATA       0x11u
#define SIM_OP_DEFL_END        0x12u
#define SIM_OP_FLASH_MD5       0x13u
#define SIM_OP_SECURITY_INFO   0x14u
#define SIM_OP_ERASE_FLASH     0xd0u
#define SIM_OP_ERASE_REGION    0xd1u
#define SIM_OP_READ_FLASH      0xd2u
#define SIM_OP_RUN_USER_CODE   0xd3u

struct sim_request {
	uint8_t op;
	uint32_t sum;
	const uint8_t *data;
	uint16_t len;
	/* bytes of data that can be read; those behind len belong to older frames */
	uint16_t room;
	unsigned copies;    /* frames of the answer */
	uint64_t answer_us; /* when the work before the answer is done */
};

struct sim_answer {
	uint32_t value;
	uint8_t data[64];
	size_t len;
};

/* ---- request.c ---- */
void sim_reply(struct sim *sim, const struct sim_request *rq, const struct sim_answer *answer,
	       const uint8_t *status, size_t status_len);
/* Return whether a fault that lasts from the n-th reply on is active; 0: never. */
bool sim_lies_now(const struct sim *sim, unsigned from);
/* Fill with pseudo-random bytes. */
void sim_lie(struct sim *sim, void *data, size_t len);
uint8_t sim_checksum(const uint8_t *data, size_t len);
size_t sim_security_info(const struct sim *sim, uint8_t ret[20]);
void sim_write_close(struct sim *sim);
/* Program at the position of the write in progress, encrypted if its BEGIN asked for that. */
bool sim_write_program(struct sim *sim, const uint8_t *data, uint32_t len);
void sim_regs_from_request(struct sim *sim, const struct sim_request *rq);

/* ---- rom_jump.c: what an uploaded program turns out to be ---- */
void sim_jump(struct sim *sim, uint32_t entry);
/* Remember an upload to RAM; a continuation of a known one is not counted again. */
void sim_note_upload(struct sim *sim, uint32_t addr, uint32_t len);
bool sim_is_stub_at(const struct sim *sim, uint32_t entry);
void sim_stub_enter(struct sim *sim, bool is_greeting);

/* ---- rom_loader.c, stub.c ---- */
void sim_rom_request(struct sim *sim, struct sim_request *rq);
void sim_rom_enter(struct sim *sim);
void sim_stub_request(struct sim *sim, struct sim_request *rq);

/* ---- stub_read.c ---- */
#define SIM_READ_PACKET 4096u /* the most that a packet may have */
bool sim_read_start(struct sim *sim, const struct sim_request *rq);
void sim_stub_ack(struct sim *sim, const uint8_t *frame, size_t len);

/* ---- loader.c ---- */
void sim_loader_frame(struct sim *sim, const uint8_t *frame, size_t len);

#endif
