#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Record what esptool says on the wire, in the trace format of docs/protocol.md.

esptool's own classes are driven against a port that answers every request
with success, the way a mask ROM (four status bytes) or a stub (two) does.
Run it with esptool importable: python3 record.py OUTPUT-DIRECTORY
"""
import hashlib
import os
import struct
import sys

import esptool
from esptool.targets import ESP32C3ROM, ESP32ROM, ESP32S2ROM

PATTERN = bytes((7 * i + (i >> 8)) & 0xFF for i in range(0x3000))


def slip(data):
    return b"\xc0" + data.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc") + b"\xc0"


def unslip(frame):
    return frame[1:-1].replace(b"\xdb\xdc", b"\xc0").replace(b"\xdb\xdd", b"\xdb")


class Port:
    """Enough of pyserial's Serial for esptool, and a chip behind it."""

    def __init__(self, is_stub, info_len=20):
        self.name = self.port = "recorder"
        self.baudrate = 115200
        self.timeout = 3
        self.lines, self.rx, self.reading = [], b"", None
        self.is_stub, self.info_len = is_stub, info_len

    def log(self, direction, data):
        for i in range(0, len(data), 32):
            self.lines.append(f"{direction} {data[i:i + 32].hex()}")

    def answer(self, frame):
        self.rx += frame
        self.log("<", frame)

    def reply(self, op, value=0, data=b""):
        data += bytes(2 if self.is_stub else 4)
        self.answer(slip(struct.pack("<BBHI", 1, op, len(data), value) + data))

    def read_flash(self, total):
        start, length, packet = self.reading
        if total < length:
            self.answer(slip(PATTERN[total : min(total + packet, length)]))
        else:
            self.answer(slip(hashlib.md5(PATTERN[:length]).digest()))
            self.reading = None

    def write(self, frame):
        self.log(">", frame)
        data = unslip(frame)
        if self.reading:
            return self.read_flash(struct.unpack("<I", data)[0])
        op, args = data[1], data[8:]
        if op == 0x08:
            for _ in range(8):
                self.reply(op, 0 if self.is_stub else 0x20120707)
        elif op == 0x0A:
            self.reply(op, 0x6921506F)
        elif op == 0x0E:
            addr, length = struct.unpack("<II", args)
            self.reply(op, 0, PATTERN[addr : addr + length].ljust(64, b"\0"))
        elif op == 0x13:
            digest = hashlib.md5(b"espflash-c")
            self.reply(op, 0, digest.digest() if self.is_stub else digest.hexdigest().encode())
        elif op == 0x14:
            info = struct.pack("<IB7sII", 0x05, 1, bytes(range(7)), 5, 3)
            self.reply(op, 0, info[: self.info_len])
        elif op == 0xD2:
            self.reply(op)
            self.reading = struct.unpack("<III", args[:12])
            self.read_flash(0)
        else:
            self.reply(op)

    def read(self, size=1):
        out, self.rx = self.rx[:size], self.rx[size:]
        return out

    def inWaiting(self):
        return len(self.rx)

    in_waiting = property(inWaiting)

    def flushInput(self):
        pass

    reset_input_buffer = flushOutput = flushInput


def loader(chip, is_stub, **kw):
    port = Port(is_stub, **kw)
    esp = chip(port)
    if is_stub:
        esp.IS_STUB = False
        esp = chip.STUB_CLASS(esp)
    port.lines.clear()
    return esp, port


CASES = {
    "rom-sync": (ESP32ROM, False, lambda e: e.sync()),
    "stub-sync": (ESP32ROM, True, lambda e: e.sync()),
    "rom-read-reg": (ESP32C3ROM, False, lambda e: e.read_reg(0x40001000)),
    "rom-write-reg": (ESP32C3ROM, False, lambda e: e.write_reg(0x600080C0, 0xDBC0, 0xFF00FF, 10)),
    "rom-mem": (
        ESP32C3ROM,
        False,
        lambda e: (
            e.mem_begin(0x1805, 2, 0x1800, 0x40380000),
            e.mem_block(PATTERN[:0x1800], 0),
            e.mem_block(PATTERN[0x1800:0x1805], 1),
            e.mem_finish(0x40380010),
        ),
    ),
    "rom-attach": (ESP32C3ROM, False, lambda e: e.flash_spi_attach(0)),
    "stub-attach": (ESP32C3ROM, True, lambda e: e.flash_spi_attach(0)),
    "rom-set-params": (ESP32C3ROM, False, lambda e: e.flash_set_parameters(0x400000)),
    "rom-baud": (ESP32C3ROM, False, lambda e: e.change_baud(921600)),
    "stub-baud": (ESP32C3ROM, True, lambda e: e.change_baud(921600)),
    "rom-md5": (ESP32C3ROM, False, lambda e: e.flash_md5sum(0x10000, 0x123456)),
    "stub-md5": (ESP32C3ROM, True, lambda e: e.flash_md5sum(0x10000, 0x123456)),
    "rom-security-info": (ESP32C3ROM, False, lambda e: e.get_security_info(cache=False)),
    "rom-security-info-s2": (ESP32S2ROM, False, lambda e: e.get_security_info(cache=False)),
    "rom-flash": (
        ESP32C3ROM,
        False,
        lambda e: (
            e.flash_begin(0x405, 0x10000, logging=False),
            e.flash_block(PATTERN[:0x400], 0),
            e.flash_block(PATTERN[0x400:0x405] + b"\xff" * 0x3FB, 1),
        ),
    ),
    "rom-flash-esp32": (ESP32ROM, False, lambda e: e.flash_begin(0x405, 0x10000, logging=False)),
    "stub-deflate": (
        ESP32C3ROM,
        True,
        lambda e: (
            e.flash_defl_begin(0x123456, 0x4005, 0x10000),
            e.flash_defl_block(PATTERN[:0x2000] * 2, 0),
            e.flash_defl_block(PATTERN[:5], 1),
            e.flash_defl_finish(False),
        ),
    ),
    "rom-encrypt": (
        ESP32C3ROM,
        False,
        lambda e: (
            e.flash_begin(0x410, 0x10000, encrypted_write=True, logging=False),
            e.flash_block(PATTERN[:0x400], 0, encrypted=True),
            e.flash_block(PATTERN[0x400:0x410] + b"\xff" * 0x3F0, 1, encrypted=True),
        ),
    ),
    # cmds.py, write_flash: END without DEFL after the last file if that is encrypted
    "stub-encrypt": (
        ESP32ROM,
        True,
        lambda e: (
            e.flash_defl_begin(0x12340, 0x4005, 0x10000, encrypted_write=True),
            e.flash_defl_block(PATTERN[:0x2000] * 2, 0),
            e.flash_defl_block(PATTERN[:5], 1),
            e.flash_finish(False),
        ),
    ),
    "rom-read-slow": (ESP32C3ROM, False, lambda e: e.read_flash(0, 200)),
    "stub-read": (ESP32C3ROM, True, lambda e: e.read_flash(0, 0x2345)),
    "stub-erase-flash": (ESP32C3ROM, True, lambda e: e.erase_flash()),
    "stub-erase-region": (ESP32C3ROM, True, lambda e: e.erase_region(0x9000, 0x6000)),
}


def main():
    # esptool's progress lines are of no interest here
    sys.stdout = open(os.devnull, "w")
    for name, (chip, is_stub, run) in CASES.items():
        esp, port = loader(chip, is_stub, info_len=12 if name.endswith("-s2") else 20)
        run(esp)
        with open(os.path.join(sys.argv[1], name + ".trace"), "w") as out:
            out.write(f"# esptool {esptool.__version__}, {chip.CHIP_NAME}\n")
            out.write("\n".join(port.lines) + "\n")


main()
