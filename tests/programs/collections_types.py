# collections: namedtuple, deque, Counter, defaultdict, OrderedDict, ChainMap, UserDict; heapq and bisect.
import bisect
import heapq
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, defaultdict, deque, namedtuple

Point = namedtuple("Point", "x y", defaults=[0])
p = Point(3)
print(p, p.x, p._replace(y=5), p._asdict(), Point._fields, Point(*[1, 2]) == (1, 2), Point._make("ab"), p[0], len(p))
try:
    Point()
except TypeError as error:
    print(error)
d = deque([1, 2, 3], maxlen=4)
d.append(4), d.append(5), d.appendleft(0)
print(d, d.pop(), d.popleft(), d.rotate(1), d, d[0], list(reversed(d)), 3 in d, d.maxlen, d.index(2), deque("ab") + deque("c"), d.count(2))
d.extendleft("xy")
print(d, deque() == deque([]), deque([3, 1]) < deque([3, 2]))
try:
    deque().pop()
except IndexError as error:
    print(error)
c = Counter("mississippi")
print(c, c.most_common(2), c["z"], sorted(c.elements())[:4], c + Counter("ms"), c - Counter("sss"), c & Counter("ip"), c.total())
c.update("zz"), c.subtract("m")
print(dict(c), +c)
groups = defaultdict(list)
for word in ("apple", "avocado", "bean"):
    groups[word[0]].append(word)
print(groups, groups["q"], list(groups), defaultdict(int)["x"], defaultdict(None))
o = OrderedDict(a=1, b=2, c=3)
o.move_to_end("a"), o.move_to_end("c", last=False)
print(o, o.popitem(last=False), o == {"b": 2, "a": 1}, o == OrderedDict(a=1, b=2), list(reversed(o)))
chain = ChainMap({"a": 1}, {"a": 2, "b": 3})
chain["c"] = 9
print(chain["a"], chain["b"], chain.maps, dict(chain), chain.new_child({"a": 0})["a"], chain.parents)


class Lower(UserDict):
    def __setitem__(self, key, value):
        super().__setitem__(key.lower(), value)


print(Lower(A=1, B=2), UserList([1, 2]) + [3], Lower({"X": 1}) | {"Y": 2})
heap = [5, 3, 8, 1]
heapq.heapify(heap)
heapq.heappush(heap, 2)
print([heapq.heappop(heap) for _ in range(3)], heapq.nlargest(2, [4, 9, 1]), heapq.nsmallest(2, "hello"), list(heapq.merge([1, 4], [2, 3])), heapq.heappushpop(heap, 0))
sorted_list = [1, 3, 5, 5, 7]
bisect.insort(sorted_list, 4)
print(sorted_list, bisect.bisect(sorted_list, 5), bisect.bisect_left(sorted_list, 5), bisect.bisect_right([(1, "a")], 1, key=lambda t: t[0]))
graph = {"A": {"B": 1, "C": 4}, "B": {"C": 2, "D": 5}, "C": {"D": 1}, "D": {}}
distance, queue = {}, [(0, "A")]
while queue:
    far, node = heapq.heappop(queue)
    if node not in distance:
        distance[node] = far
        for other, cost in graph[node].items():
            heapq.heappush(queue, (far + cost, other))
print(distance)
from collections import abc

print(isinstance([], abc.Sequence), isinstance({}, abc.Mapping), isinstance(len, abc.Callable), issubclass(set, abc.MutableSet), isinstance(5, abc.Hashable), isinstance([], abc.Hashable))
