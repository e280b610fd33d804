#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Write expected.txt: what esptool's merge-bin makes of regions.

usage: record.py ESPTOOL... >expected.txt    (the words that start esptool)

Each line: FORMAT OPTIONS REGIONS LENGTH SHA256. A region is ADDRESS:LENGTH; byte I of region K
is (7 * I + 13 * (I >> 8) + 31 * K) mod 256.
"""
import hashlib
import os
import subprocess
import sys
import tempfile

PLACES = [
    "0x0:1",
    "0x0:16,0x1000:17",
    "0x1000:20001,0x8000:3072,0x10000:70000",
    "0x1003:4093,0x2000:4096,0x3000:1",
    "0x0:65536",
    "0x0:65537",
    "0xf000:4096,0x10000:4096",
    "0x1fff8:16,0x30000:452,0x31000:453,0x32000:904",
    "0xff0001:65535,0x1000000:3,0x1fff000:4095",
]
OPTIONS = [
    ("raw", "-", []),
    ("hex", "-", []),
    ("uf2", "-", []),
    ("uf2", "chunk=256", ["--chunk-size", "256"]),
    ("uf2", "md5=no", ["--md5-disable"]),
    ("uf2", "md5=no,chunk=4", ["--md5-disable", "--chunk-size", "4"]),
]
PLACED = [
    ("raw", "end=0x80000", ["--pad-to-size", "512KB"], "0x1000:20001,0x8000:3072,0x10000:70000"),
    ("raw", "start=0x1000", ["--target-offset", "0x1000"], "0x1000:20001,0x8000:3072"),
    ("raw", "start=0x800,end=0x40000", ["-t", "0x800", "--pad-to-size", "256KB"], "0x8000:3072"),
]


def content(number, length):
    return bytes((7 * i + 13 * (i >> 8) + 31 * number) % 256 for i in range(length))


def record(esptool, form, options, words, places):
    with tempfile.TemporaryDirectory() as folder:
        pairs = []
        for number, place in enumerate(places.split(",")):
            addr, length = place.split(":")
            name = os.path.join(folder, str(number))
            with open(name, "wb") as f:
                f.write(content(number, int(length)))
            pairs += [addr, name]
        out = os.path.join(folder, "out")
        subprocess.run(
            esptool + ["--chip", "esp32", "merge-bin", "-o", out, "--format", form] + words + pairs,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        with open(out, "rb") as f:
            data = f.read()
    print(form, options, places, len(data), hashlib.sha256(data).hexdigest())


for places in PLACES:
    for form, options, words in OPTIONS:
        record(sys.argv[1:], form, options, words, places)
for form, options, words, places in PLACED:
    record(sys.argv[1:], form, options, words, places)
