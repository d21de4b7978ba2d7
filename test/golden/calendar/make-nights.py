"""Local times of nightly patterns as instants, by Python's zoneinfo: written to nights.json.

A pattern's dates are counted with datetime.date. A time that exists, or the first of two, is fold=0 (PEP 495). For a time in a gap, fold=0 reads the offset from
before the gap and fold=1 the one after it: the change itself lies between the two readings, and is found by halving.
"""
import hashlib
import json
from datetime import date, datetime, timedelta, timezone
from zoneinfo import TZPATH, ZoneInfo

FIRST, DAYS = date(2024, 12, 1), 396
ZONES = """UTC Europe/Berlin Europe/London Europe/Dublin Europe/Lisbon Europe/Chisinau Europe/Moscow America/New_York America/Los_Angeles
America/St_Johns America/Havana America/Santiago America/Asuncion America/Nuuk America/Scoresbysund America/Miquelon America/Sao_Paulo Atlantic/Azores
Africa/Cairo Africa/Casablanca Asia/Beirut Asia/Jerusalem Asia/Gaza Asia/Kolkata Asia/Kathmandu Asia/Tokyo Australia/Lord_Howe Australia/Adelaide
Australia/Sydney Pacific/Auckland Pacific/Chatham Pacific/Norfolk Pacific/Easter Pacific/Kiritimati Antarctica/Troll Etc/GMT+12""".split()
TIMES = ["00:00", "00:30", "01:00", "01:30", "02:00", "02:15", "02:30", "03:00", "03:30", "04:00", "22:00", "22:30", "23:00", "23:30"]


def utc(wall, zone, fold):
    return wall.replace(tzinfo=zone, fold=fold).astimezone(timezone.utc)


def instant(wall, zone):
    first, second = utc(wall, zone, 0), utc(wall, zone, 1)
    if first == second:
        return first, "once"
    if first.astimezone(zone).replace(tzinfo=None) == wall:
        return first, "twice"
    low, high = second, first
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low).total_seconds() // 2)
        if middle.astimezone(zone).utcoffset() == high.astimezone(zone).utcoffset():
            high = middle
        else:
            low = middle
    return high, "missing"


def stamp(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


nights = {}
for name in ZONES:
    zone, lines, odd = ZoneInfo(name), [], []
    for time in TIMES:
        hour, minute = map(int, time.split(":"))
        for day in range(DAYS):
            on = FIRST + timedelta(days=day)
            at, kind = instant(datetime(on.year, on.month, on.day, hour, minute), zone)
            lines.append(f"{time} {on} {stamp(at)} {kind}")
            if kind != "once":
                odd.append(f"{time} {on} {stamp(at)} {kind}")
    nights[name] = {"odd": odd, "sha256": hashlib.sha256("\n".join(lines).encode()).hexdigest()}

with open(f"{TZPATH[0]}/tzdata.zi") as data:
    version = data.readline().split()[-1]
with open("nights.json", "w") as file:
    json.dump({"madeBy": f"Python zoneinfo, tzdata {version}", "first": str(FIRST), "days": DAYS, "times": TIMES, "zones": nights}, file, indent=1)
    file.write("\n")
