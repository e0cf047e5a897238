"""SimPy on the workloads of src/main.rs: `pip install simpy`, then `python3 peer_simpy.py [--rounds N] [WORD...]`.

Nanoseconds per event, medians, with the start of a replication taken off, as a row to lay beside those of the other engines. It draws from
Python's own generator. How many events there were is held against what is expected.
"""

import random
import statistics
import sys
import time

import simpy

LIFE_H = 1000.0
REPAIR_H = 10.0
EVENTS = 2e5
CREW = 5
UNITS = 1000


class Count:
    def __init__(self, needed):
        self.events, self.up, self.needed, self.gate_changed = 0, 0, needed, 0

    def step(self, by):
        was = self.up >= self.needed
        self.up += by
        self.gate_changed += was != (self.up >= self.needed)
        self.events += 1


def unit(env, rng, count):
    while True:
        yield env.timeout(rng.expovariate(1 / LIFE_H))
        count.step(-1)
        yield env.timeout(rng.expovariate(1 / REPAIR_H))
        count.step(1)


def queued(env, rng, count, crew, priority):
    while True:
        yield env.timeout(rng.expovariate(1 / LIFE_H))
        count.events += 1
        with crew.request(priority=priority) as turn:
            yield turn
            yield env.timeout(rng.expovariate(1 / REPAIR_H))
        count.events += 1


def timer(env, rng, count):
    while True:
        yield env.timeout(rng.expovariate(1.0))
        count.events += 1


def units(n):
    def prepare(seed):
        env, rng, count = simpy.Environment(), random.Random(seed), Count(n * 9 // 10)
        count.up = n
        for _ in range(n):
            env.process(unit(env, rng, count))
        return env, count

    hours = EVENTS / (2 * n) * (LIFE_H + REPAIR_H)
    return prepare, hours, n, 2 * n * hours / (LIFE_H + REPAIR_H)


def crew():
    def prepare(seed):
        env, rng, count = simpy.Environment(), random.Random(seed), Count(0)
        heads = simpy.PriorityResource(env, capacity=CREW)
        for number in range(UNITS):
            env.process(queued(env, rng, count, heads, number % 5))
        return env, count

    hours = EVENTS / (2 * CREW / REPAIR_H)
    return prepare, hours, UNITS, 2 * CREW / REPAIR_H * hours + UNITS - LIFE_H / 2


def hold():
    def prepare(seed):
        env, rng, count = simpy.Environment(), random.Random(seed), Count(0)
        for _ in range(UNITS):
            env.process(timer(env, rng, count))
        return env, count

    return prepare, EVENTS / UNITS, UNITS, EVENTS


WORKLOADS = {
    "(a) units 10": units(10),
    "(a) units 1000": units(1000),
    "(a) units 100000": units(100_000),
    "(b) crew, 1000 units": crew(),
    "(c) hold 1000": hold(),
}


def main():
    words = sys.argv[1:]
    rounds = 3
    if "--rounds" in words:
        at = words.index("--rounds")
        rounds = int(words[at + 1])
        del words[at : at + 2]
    print(f"| SimPy {simpy.__version__} | ns per event | start, ns per component |\n|---|---|---|")
    for name, (prepare, hours, components, expected) in WORKLOADS.items():
        if words and not any(word in name for word in words):
            continue
        per_event, per_component = [], []
        for seed in range(rounds):
            began = time.perf_counter()
            env, count = prepare(seed)
            env.run(until=1e-9)
            started = time.perf_counter()
            env.run(until=hours)
            ended = time.perf_counter()
            assert abs(count.events / expected - 1) < 0.05, f"{name}: {count.events} events, not {expected:.0f}"
            per_event.append((ended - started) / count.events * 1e9)
            per_component.append((started - began) / components * 1e9)
        print(f"| {name} | {statistics.median(per_event):.0f} | {statistics.median(per_component):.0f} |")


if __name__ == "__main__":
    main()
