# Floating-point arithmetic on locals and on list items: five bodies under gravity.
from math import sqrt

bodies = [[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 40.0]]
for k in range(1, 5):
    bodies.append([5.0 * k, -1.5 * k, 0.1 * k, 0.4 / k, 2.0 / k, -0.02 * k, 0.01 * k])


def advance(steps, dt):
    for _ in range(steps):
        for i, a in enumerate(bodies):
            for b in bodies[i + 1:]:
                dx, dy, dz = a[0] - b[0], a[1] - b[1], a[2] - b[2]
                d2 = dx * dx + dy * dy + dz * dz
                pull = dt / (d2 * sqrt(d2))
                ma, mb = a[6] * pull, b[6] * pull
                a[3] -= dx * mb
                a[4] -= dy * mb
                a[5] -= dz * mb
                b[3] += dx * ma
                b[4] += dy * ma
                b[5] += dz * ma
        for b in bodies:
            b[0] += dt * b[3]
            b[1] += dt * b[4]
            b[2] += dt * b[5]


advance(60_000, 0.001)
print(sum(b[0] for b in bodies))
