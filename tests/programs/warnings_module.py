# warnings: filters, catching, categories, the deprecated decorator.
import warnings

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    warnings.warn("plain")
    warnings.warn("old", DeprecationWarning, stacklevel=1)
    warnings.warn(FutureWarning("instance"))
    print([(w.category.__name__, str(w.message), w.lineno) for w in caught])
with warnings.catch_warnings():
    warnings.simplefilter("error")
    try:
        warnings.warn("raised", RuntimeWarning)
    except RuntimeWarning as error:
        print("as error:", error)
with warnings.catch_warnings(record=True) as caught:
    warnings.resetwarnings()
    warnings.filterwarnings("ignore", message="quiet.*")
    warnings.filterwarnings("once", category=UserWarning)
    for _ in range(3):
        warnings.warn("quiet please")
        warnings.warn("only once")
    print(len(caught), str(caught[0].message))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("default")
    for _ in range(3):
        warnings.warn("per line")
    print(len(caught))


@warnings.deprecated("use new()")
def old():
    return "still works"


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print(old(), caught[0].message, old.__deprecated__)
    exec("x = 5 is 5\n'\\d'")
    print([str(w.message) for w in caught[1:]])
try:
    warnings.warn("x", int)
except TypeError as error:
    print(error)
print(warnings.formatwarning("text", UserWarning, "file.py", 3, "line"), end="")


class Own(UserWarning):
    pass


with warnings.catch_warnings(action="error", category=Own):
    try:
        warnings.warn("own", Own)
    except Own as error:
        print(repr(error))
