from typing import Any
beta: Any
v: Any
w: Any
s: Any
threshold: Any
v = beta * v + w @ s;  s = (v > threshold).float();  v = v - s * threshold


from math import exp, log
tau, v, now = 0.01, 0.0, 0.002
for until, V in [(0.005, 1.5), (0.006, 3.0), (0.0065, 1.5)]:     # one pulse, two, one
    v, now = V + (v - V) * exp(-(until - now) / tau), until
now + tau * log((3.0 - v) / (3.0 - 1.0))                          # two again: 0.00798704471257037 s
