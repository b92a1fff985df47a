# exit: 2
# argparse, shlex, configparser, csv, logging, string parsing.
import argparse
import configparser
import csv
import io
import logging
import shlex
import sys

parser = argparse.ArgumentParser(prog="tool", description="Does things.", epilog="The end.", color=False)
parser.add_argument("path", help="where to look", nargs="+")
parser.add_argument("-v", "--verbose", action="count", default=0)
parser.add_argument("--number", type=int, choices=[1, 2, 3], metavar="N", help="how many (default: %(default)s)")
group = parser.add_mutually_exclusive_group()
group.add_argument("--fast", action="store_true")
group.add_argument("--slow", dest="slow", action="store_const", const="very")
print(parser.parse_args(["a", "b", "-vv", "--number=2", "--fast"]))
print(parser.format_help())
sub = argparse.ArgumentParser(prog="sub", exit_on_error=False, color=False)
commands = sub.add_subparsers(dest="command", required=True)
add = commands.add_parser("add", help="adds")
add.add_argument("numbers", type=float, nargs="*")
print(sub.parse_args(["add", "1", "2.5"]), sub.format_usage(), parser.parse_known_args(["x", "--other"])[1])
try:
    sub.parse_args(["add", "x"])
except argparse.ArgumentError as error:
    print(error)
print(shlex.split("a 'b c' \"d\\\"e\" f\\ g # not"), shlex.quote("it's"), shlex.join(["a b", "c"]))
config = configparser.ConfigParser()
config.read_string("[DEFAULT]\nroot = /srv\n[site]\npath = %(root)s/www\nport: 80\nflag = yes\nlong = a\n  b\n")
print(config["site"]["path"], config.getint("site", "port"), config["site"].getboolean("flag"), repr(config["site"]["long"]), config.sections(), config.get("site", "none", fallback="-"))
out = io.StringIO()
writer = csv.writer(out)
writer.writerows([["a", 1, None], ['q"uote', "com,ma", "new\nline"]])
print(repr(out.getvalue()), list(csv.reader(io.StringIO(out.getvalue()))), list(csv.DictReader(["k,v", "1,2"])), list(csv.reader(["a;'b;c'"], delimiter=";", quotechar="'")), csv.Sniffer().sniff("a;b\n1;2\n").delimiter)
stream = io.StringIO()
handler = logging.StreamHandler(stream)
handler.setFormatter(logging.Formatter("%(levelname)s:%(name)s:%(message)s"))
log = logging.getLogger("app.part")
log.addHandler(handler)
log.setLevel(logging.INFO)
log.debug("hidden"), log.info("seen %d", 5), log.warning("careful %(x)s", {"x": 1})
try:
    1 / 0
except ZeroDivisionError:
    log.exception("failed")
print(stream.getvalue().splitlines()[:3], stream.getvalue().splitlines()[-1], log.isEnabledFor(10), log.getEffectiveLevel())
sys.stderr = sys.stdout
parser.parse_args(["--number", "9"])
