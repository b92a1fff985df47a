# exit: 1
# An exception that nobody handles ends the program with status 1.
def inner():
    raise LookupError("nobody handles this")


print("before")
try:
    inner()
finally:
    print("finally runs")
