"""Writes a scenario with many services over three sites, one of which is lost, to the standard output.

    python3 benches/service_graph.py SERVICES EDGES SHARE > graph.yaml

SHARE is the share of the services that stand at the lost site alone; the others stand at the two that stay, and need none of them. Every service
needs earlier ones of its own side, half of them hard and half soft, so that all that stands at the lost site is lost and nothing else.
"""

import random
import sys

services, edges, share = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
dice = random.Random(7)
lost = int(services * share)
each = round(edges / services)

print("blackstart: 1\ntitle: Many services over three sites, one of which is lost\nhorizon: 1 d")
print("sites: {alpha: {}, beta: {}, gamma: {}}\npools:")
for pool, site in (("web-a", "alpha"), ("web-b", "beta"), ("web-c", "gamma")):
    print(f"  {pool}: {{in: {site}, servers: {2 * services}, dead-on-arrival: 0 %, batch: 100000, "
          "boot: {automated: {rate: 1000000 /h}}}")
print("services:")
for number in range(services):
    at_lost = number < lost
    first = 0 if at_lost else lost
    where = "web-a: {active: 1}" if at_lost else "web-b: {active: 1}, web-c: {active: 1}"
    needs = sorted(dice.sample(range(first, number), min(each, number - first)))
    how = ["hard" if dice.random() < 0.5 else "{soft: {loses: 10 %}}" for _ in needs]
    told = ", ".join(f"s{need:05d}: {kind}" for need, kind in zip(needs, how))
    print(f"  s{number:05d}: {{tier: {1 + number % 5}, users: {100 + number}, starts: 1 min, runs-on: {{{where}}}, needs: {{{told}}}}}")
print("happens: {gone: {loss-of: {ids: alpha, at: +1 h, for: 2 h}}}")
