"""Grows a maze, finds the shortest way through it, and draws both.

    taipan examples/maze.py [WIDTH [HEIGHT [SEED]]]
"""

import random
import sys
from collections import deque

STEPS = {"up": (0, -1), "right": (1, 0), "down": (0, 1), "left": (-1, 0)}


class Maze:
    """Cells of a grid, and the pairs of neighbours between which there is no wall."""

    def __init__(self, width, height, seed):
        self.width, self.height = width, height
        self.open = set()
        self._grow(random.Random(seed))

    def _neighbours(self, cell):
        x, y = cell
        for dx, dy in STEPS.values():
            if 0 <= x + dx < self.width and 0 <= y + dy < self.height:
                yield x + dx, y + dy

    def _grow(self, chance):
        """Walks at random and back again until every cell was seen: one way between any two."""
        way, seen = [(0, 0)], {(0, 0)}
        while way:
            fresh = [cell for cell in self._neighbours(way[-1]) if cell not in seen]
            if not fresh:
                way.pop()
                continue
            cell = chance.choice(fresh)
            self.open.add(frozenset((way[-1], cell)))
            seen.add(cell)
            way.append(cell)

    def solve(self):
        """The shortest way from the first cell to the last, breadth first."""
        goal = self.width - 1, self.height - 1
        came_from, waiting = {(0, 0): None}, deque([(0, 0)])
        while (cell := waiting.popleft()) != goal:
            for other in self._neighbours(cell):
                if other not in came_from and frozenset((cell, other)) in self.open:
                    came_from[other] = cell
                    waiting.append(other)
        way = []
        while cell is not None:
            way.append(cell)
            cell = came_from[cell]
        return way[::-1]

    def draw(self, way=()):
        marked, steps = set(way), {frozenset(pair) for pair in zip(way, way[1:])}
        lines = ["█" * (self.width * 2 + 1)]
        for y in range(self.height):
            row, below = ["█"], ["█"]
            for x in range(self.width):
                cell = x, y
                row.append("·" if cell in marked else " ")
                for line, other in ((row, (x + 1, y)), (below, (x, y + 1))):
                    pair = frozenset((cell, other))
                    line.append("·" if pair in steps else " " if pair in self.open else "█")
                below.append("█")
            lines += ["".join(row), "".join(below)]
        return "\n".join(lines)


def main():
    width, height, seed = (*map(int, sys.argv[1:4]), *(30, 12, 7)[len(sys.argv) - 1 :])
    maze = Maze(width, height, seed)
    way = maze.solve()
    print(maze.draw(way))
    print(f"{len(way)} of {width * height} cells lie on the way")


if __name__ == "__main__":
    main()
