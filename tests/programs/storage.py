# Storing things: pickle with classes of its own, shelve-like files, zip and tar and gzip, html and xml text, urls.
import gzip
import html
import io
import os
import pickle
import tarfile
import tempfile
import urllib.parse
import zipfile
from html.parser import HTMLParser

with tempfile.TemporaryDirectory() as home:
    name = os.path.join(home, "x.gz")
    with gzip.open(name, "wt") as f:
        f.write("line\n" * 100)
    with gzip.open(name, "rt") as f:
        print(sum(1 for _ in f), os.path.getsize(name) < 200)
    with tarfile.open(os.path.join(home, "t.tar.gz"), "w:gz") as tar:
        info = tarfile.TarInfo("folder/file.txt")
        info.size = 5
        tar.addfile(info, io.BytesIO(b"hello"))
    with tarfile.open(os.path.join(home, "t.tar.gz")) as tar:
        print(tar.getnames(), tar.extractfile("folder/file.txt").read())
    with zipfile.ZipFile(os.path.join(home, "z.zip"), "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("a/b.txt", "x" * 1000)
        z.writestr("c.txt", b"\x00\xff")
    with zipfile.ZipFile(os.path.join(home, "z.zip")) as z:
        print(z.namelist(), z.read("c.txt"), z.getinfo("a/b.txt").compress_size < 50, z.testzip())


class Version:
    def __init__(self, n):
        self.n = n

    def __reduce__(self):
        return Version, (self.n + 1,)


print(pickle.loads(pickle.dumps(Version(1))).n, pickle.loads(pickle.dumps([Version(5)] * 2))[1].n)
buffer = io.BytesIO()
pickler = pickle.Pickler(buffer, 5)
pickler.dump({"a": 1})
pickler.dump("second")
buffer.seek(0)
print(pickle.load(buffer), pickle.load(buffer))
print(html.escape("<a href='x'>"), html.unescape("&lt;&eacute;&#8364;&amp;amp;"))


class Links(HTMLParser):
    def handle_starttag(self, tag, attributes):
        print("start", tag, attributes)

    def handle_data(self, data):
        if data.strip():
            print("data", data.strip())


Links().feed("<p class=a>Hi <a href='/x?a=1&amp;b=2'>there</a><br/>")
url = urllib.parse.urlparse("https://user@example.org:8080/a/b;p?q=1&q=2#frag")
print(url.hostname, url.port, url.path, urllib.parse.parse_qs(url.query), url._replace(scheme="http").geturl())
print(urllib.parse.quote("a b/ü"), urllib.parse.unquote("%C3%BC+x"), urllib.parse.urlencode({"k": "v w", "l": [1, 2]}, doseq=True), urllib.parse.urljoin("http://a/b/c", "../d"))
