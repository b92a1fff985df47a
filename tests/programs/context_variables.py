"""Context variables: contexts that share their contents, and the garbage they leave."""

import contextvars
import gc
import weakref


class Holder:
    pass


# Many variables, changed and reset in copies, leave each other's contexts alone.
variables = [contextvars.ContextVar(f"v{n}") for n in range(200)]
base = contextvars.Context()
for n, variable in enumerate(variables):
    base.run(variable.set, n)
copy = base.copy()
for variable in variables[::2]:
    copy.run(variable.set, "changed")
print(len(base), len(copy), base == copy, base == base.copy())
print(sum(value == "changed" for value in copy.values()), sum(base.values()))


def bind_and_reset():
    tokens = [variable.set("inner") for variable in variables]
    for token, variable in zip(tokens[1:], variables[1:]):
        variable.reset(token)
    return [len(contextvars.copy_context()), variables[0].get(), variables[1].get(None)]


print(contextvars.Context().run(bind_and_reset), len(base))

# A cycle through contents that two contexts share is garbage like any other.
holder = Holder()
first = contextvars.Context()
first.run(variables[0].set, holder)
first.run(variables[1].set, 1)
holder.contexts = [first, first.copy(), first.copy()]
gone = weakref.ref(holder)
del holder, first
gc.collect()
print("holder", gone())

# One whose every part but the context is immutable.
inner = contextvars.Context()
last = weakref.ref(inner)
inner.run(lambda: variables[0].set((variables[1].set(1), contextvars.copy_context())))
inner.run(lambda: variables[2].set((variables[2].set(2), variables[0].get())))
del inner
gc.collect()
print("context", last())
