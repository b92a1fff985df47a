# Damaged blocks are found by the allocator's checks; blocks that C tells of are traced.
import os
import re
import subprocess
import sys
import tracemalloc

import blocks

RAW, MEM, OBJECT = range(3)
LONGER = 10


def run(code, allocator="debug", *options):
    """What a program of this code says, addresses left out, up to where it was."""
    environment = dict(os.environ, PYTHONMALLOC=allocator)
    command = [sys.executable, "-S", *options, "-c", "import blocks\ndef f():\n    " + code + "\nf()"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True)
    said, _, _ = ended.stderr.partition("Python runtime state")
    print(ended.returncode, ended.stdout + re.sub("=0x[0-9a-f]+", "=0x...", said).replace("\n\n", "\n"))


print("extremes", blocks.extremes())
for domain in RAW, MEM, OBJECT:
    for allocator in "debug", "malloc_debug":
        run(f"print(*blocks.life({domain}), blocks.extremes(), sep='\\n')", allocator)
run(f"blocks.damage({MEM}, 16, 16, 0x78, {MEM})")
run(f"blocks.damage({MEM}, 16, 17, 1, {MEM + LONGER})")
run(f"blocks.damage({OBJECT}, 100, -2, 0xFF, {OBJECT})", "malloc_debug")
run(f"blocks.damage({RAW}, 0, 7, 0, {RAW})")
run(f"blocks.damage({RAW}, 17, 3, 0x30, {OBJECT})", "mimalloc_debug")
run(f"blocks.damage({MEM}, 17, 3, 0x30, {RAW + LONGER})")
run(f"blocks.damage({MEM}, 17, 3, 0x30, {MEM})")
run(f"blocks.damage({MEM}, 5, 5, 0x30, {MEM})", "debug", "-X", "tracemalloc=2")
for domain, call in (MEM, 0), (MEM, 1), (OBJECT, 2), (OBJECT, 3), (RAW, 3):
    run(f"blocks.without_lock({domain}, {call}); print('no harm')")
run(f"blocks.damage({MEM}, 17, 3, 0x30, {MEM}); print('no harm')", "pymalloc", "-X", "dev")
run(f"blocks.set_up(); print('set up')", "debug")

print("not traced", blocks.track(5, 4096, 100, 0), blocks.track(5, 4096, -1, 1))
tracemalloc.start(3)


def told():
    return [(t.domain, t.size, t.traceback[-1].lineno) for t in tracemalloc.take_snapshot().traces if t.domain == 5]


print(blocks.track(5, 4096, 100, 0), told())
print(blocks.track(5, 4096, 200, 1), told())
print(blocks.track(5, 8192, 1, 1), sorted(told()))
print(blocks.track(5, 4096, -1, 1), blocks.track(5, 4096, -1, 0), told())
tracemalloc.stop()
print(blocks.track(5, 8192, -1, 0))
