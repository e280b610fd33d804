#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# record.py COMPONENTS PLAIN ROLLBACK: writes choose.txt and switch.txt; record.sh runs it.
import binascii, itertools, os, random, struct, subprocess, sys

components, plain, rollback = sys.argv[1:4]
sys.path[:0] = [components + '/app_update', components + '/partition_table']
from unittest import mock
# What only the command line of gen_esp32part.py needs.
for name in ('rich_click', 'esp_pylib', 'esp_pylib.cli_options', 'esp_pylib.cli_types', 'esp_pylib.logger'):
    sys.modules[name] = mock.MagicMock()
import otatool, gen_esp32part

random.seed(20261129)
STATES = [0, 1, 2, 3, 4, 5, 0xffffffff]

def crc(seq):
    return binascii.crc32(struct.pack('<I', seq), 0xffffffff) & 0xffffffff

def entry(seq, state, good=True):
    return (seq, state, crc(seq) if good else crc(seq) ^ 1)

BLANK = (0xffffffff,) * 3

def some_entry(n):
    kind = random.random()
    if kind < .15:
        return BLANK
    seq = random.choice([0, 1, 2, 3, n, n + 1, 5, 17, 255, 0x7fffffff, 0xfffffff0, 0xfffffffe]) \
        if kind < .5 else random.randrange(1, 40)
    return entry(seq, random.choice(STATES), random.random() < .9)

# ---- the bootloader ----

rows = []
for f, n in itertools.product((0, 1), (0, 1, 2, 3)):
    rows.append((f, 0, n, 0, BLANK, BLANK))
    rows.append((f, 1, n, 0x1000, entry(1, 2), BLANK))
    rows.append((f, 1, n, 0x2000, BLANK, BLANK))
for s0, s1 in itertools.product(STATES, STATES):
    rows.append((1, 0, 2, 0x2000, entry(1, s0), entry(2, s1)))
    rows.append((0, 1, 2, 0x2000, entry(4, s0), entry(3, s1)))
    rows.append((1, 1, 2, 0x2000, entry(4, s0), entry(4, s1)))
for g0, g1 in itertools.product((0, 1), (0, 1)):
    for s0, s1 in itertools.product((2, 3, 0xffffffff), repeat=2):
        rows.append((g0 ^ g1, 0, 2, 0x2000, entry(7, s0, g0), entry(6, s1, g1)))
while len(rows) < 700:
    n = random.choice([1, 2, 2, 3, 4, 5, 16])
    rows.append((random.randrange(2), random.randrange(2), n, random.choice([0x2000, 0x2000, 0x4000]),
                 some_entry(n), some_entry(n)))
text = ['%d %d %d %x %x %x %x %x %x %x' % (f, t, n, sz, *a, *b) for f, t, n, sz, a, b in rows]
out = [subprocess.run([p], input='\n'.join(text), capture_output=True, text=True, check=True).stdout.splitlines()
       for p in (plain, rollback)]
with open('choose.txt', 'w') as o:
    for i, line in enumerate(text):
        # numbers as the test reads them
        words = line.split()
        line = ' '.join(words[:3] + ['0x' + w for w in words[3:]])
        o.write(f'{line} {out[0][i]} {out[1][i]}\n')

# ---- otatool.py ----

class Part:
    def __init__(self, i):
        self.subtype, self.name = gen_esp32part.MIN_PARTITION_SUBTYPE_APP_OTA + i, 'ota_%d' % i

class Target:
    def __init__(self, n, data):
        self.partition_table, self.data = [Part(i) for i in range(n)], data
    def read_partition(self, part, name):
        open(name, 'wb').write(self.data)
    def write_partition(self, part, name):
        self.data = open(name, 'rb').read()

def pack(e, fill):
    return struct.pack('<I', e[0]) + bytes([fill]) * 20 + struct.pack('<II', e[1], e[2])

def switch(n, slot, a, b):
    data = (pack(a, 0xff).ljust(4096, b'\xff') + pack(b, 0x5a).ljust(4096, b'\xa5'))
    t = Target(n, data)
    otatool.ParttoolTarget = lambda *args: t
    try:
        otatool.OtatoolTarget().switch_ota_partition(slot)
    except struct.error:
        return None
    assert t.data[32:4096] == data[32:4096] and t.data[4128:] == data[4128:]
    return t.data[:32] + t.data[4096:4128]

cases = []
for n in (1, 2, 3):
    for slot in range(n):
        cases += [(n, slot, BLANK, BLANK), (n, slot, entry(1, 0xffffffff), BLANK),
                  (n, slot, BLANK, entry(2, 0xffffffff)), (n, slot, entry(1, 2), entry(2, 2)),
                  (n, slot, entry(3, 2), entry(2, 2)), (n, slot, entry(3, 2, False), entry(2, 2))]
while len(cases) < 400:
    n = random.choice([1, 2, 2, 3, 4, 16])
    cases.append((n, random.randrange(n), some_entry(n), some_entry(n)))
with open('switch.txt', 'w') as o:
    for n, slot, a, b in cases:
        # Otatool counts up to the number one by one, which takes minutes here.
        if any(e[0] > 0xffff and e != BLANK for e in (a, b)):
            continue
        old = pack(a, 0xff) + pack(b, 0x5a)
        new = switch(n, slot, a, b)
        o.write('%d %d %s %s\n' % (n, slot, old.hex(), new.hex() if new else '-'))
