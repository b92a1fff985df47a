# datetime, time zones, calendar, time.
import calendar
import time
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from datetime import time as clock

d = date(2024, 2, 29)
print(d, d.isoformat(), d.weekday(), d.isocalendar(), d.replace(year=2023, day=28), d.toordinal(), date.fromordinal(738000), d.strftime("%A %d %B %Y, %j %U"), repr(d), d.ctime())
t = datetime(2024, 12, 31, 23, 59, 58, 123456, tzinfo=UTC)
print(t, t + timedelta(seconds=2), t.isoformat(" ", "milliseconds"), t.timestamp(), t.utcoffset(), t.astimezone(timezone(timedelta(hours=5, minutes=30))), repr(t))
print(datetime.fromisoformat("2024-05-06T07:08:09.5+02:00"), datetime.strptime("03 Feb 2021 14:05", "%d %b %Y %H:%M"), datetime.fromtimestamp(0, UTC), date.fromisoformat("20240102"), datetime.fromisocalendar(2024, 1, 1))
delta = timedelta(days=1, hours=-5, milliseconds=3)
print(delta, repr(delta), delta.total_seconds(), -delta, delta * 2, delta / 2, delta // timedelta(hours=1), delta % timedelta(hours=2), abs(-delta), timedelta(weeks=1).days, timedelta.max, timedelta(seconds=0.1) * 3)
print(datetime(2024, 3, 1) - datetime(2024, 2, 1), d < date(2025, 1, 1), clock(5, 6), clock.fromisoformat("04:05:06.007"), clock(1, tzinfo=UTC).isoformat(), datetime.combine(d, clock(1, 2)), t.date(), t.timetz())
for action in (lambda: date(2023, 2, 29), lambda: datetime(1, 1, 1) - timedelta(1), lambda: date.fromisoformat("x"), lambda: datetime.strptime("x", "%Y"), lambda: t < datetime(2024, 1, 1), lambda: timezone(timedelta(days=1)), lambda: timedelta(days=10**10), lambda: d + 1, lambda: datetime(2024, 13, 1)):
    try:
        action()
    except Exception as error:
        print(type(error).__name__, error)


class Fixed(tzinfo):
    def utcoffset(self, moment):
        return timedelta(hours=-3)

    def tzname(self, moment):
        return "Fixed"

    def dst(self, moment):
        return timedelta(0)


local = t.astimezone(Fixed())
print(local, local.tzname(), local == t, hash(local) == hash(t), f"{local:%Z %z}", timezone.utc, timezone(timedelta(hours=1), "CET"))
print(calendar.month(2024, 2), calendar.isleap(2100), calendar.monthrange(2023, 2), calendar.day_name[0], calendar.timegm((1970, 1, 2, 0, 0, 0)))
print(time.gmtime(86400)[:6], time.strftime("%Y-%m-%d", time.gmtime(0)), time.strptime("1 Jan 99", "%d %b %y")[:3], time.perf_counter() <= time.perf_counter(), time.mktime(time.localtime(1000)) == 1000)
