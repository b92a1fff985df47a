# random with a seed; hashlib, base64, zlib, secrets, uuid, textwrap, string.
import base64
import binascii
import hashlib
import hmac
import random
import string
import textwrap
import uuid
import zlib

random.seed(42)
print(random.random(), random.randint(1, 100), random.choice("abcdef"), random.sample(range(50), 5), random.uniform(1, 2), random.gauss(0, 1), random.getrandbits(70), random.choices("ab", weights=[1, 3], k=6))
items = list(range(10))
random.shuffle(items)
print(items, random.randrange(0, 100, 7), random.expovariate(1), random.betavariate(1, 2), random.triangular())
r = random.Random("text seed")
state = r.getstate()
one = [r.random() for _ in range(3)]
r.setstate(state)
print(one == [r.random() for _ in range(3)], one[0], random.Random(2**100).random(), random.Random(b"x").randbytes(4), random.Random(1.5).random())
for name in ("md5", "sha1", "sha256", "sha512", "sha3_256", "blake2b", "blake2s"):
    print(name, hashlib.new(name, b"data").hexdigest()[:32])
h = hashlib.sha256()
h.update(b"da"), h.update(b"ta")
print(h.digest() == hashlib.sha256(b"data").digest(), h.name, h.digest_size, h.block_size, hashlib.shake_128(b"x").hexdigest(4), hmac.new(b"k", b"m", "sha256").hexdigest()[:16], hashlib.blake2b(b"x", key=b"k", digest_size=8).hexdigest())
print(base64.b64encode(b"hello world"), base64.b64decode("aGk="), base64.urlsafe_b64encode(b"\xff\xfe"), base64.b32encode(b"hi"), base64.b85encode(b"hello"), base64.b16encode(b"\xab"), binascii.hexlify(b"ab"), binascii.crc32(b"x"), base64.a85encode(b"test"))
for wrong in (lambda: base64.b64decode("abc"), lambda: binascii.unhexlify("abc"), lambda: zlib.decompress(b"x"), lambda: hashlib.new("nope")):
    try:
        wrong()
    except Exception as error:
        print(type(error).__name__, error)
data = b"repeat " * 100
packed = zlib.compress(data)
print(zlib.decompress(packed) == data, len(packed) < 40, zlib.crc32(b"x"), zlib.adler32(b"x"))
print(uuid.UUID(int=5), uuid.uuid5(uuid.NAMESPACE_DNS, "python.org"), uuid.uuid4().version, string.ascii_letters[:5], string.Template("$a ${b}$$").substitute(a=1, b=2), string.capwords("a bc"))
print(textwrap.fill("The quick brown fox jumps over the lazy dog.", 20), textwrap.dedent("  a\n    b\n"), textwrap.shorten("Hello big world", 10), textwrap.indent("a\nb", "> "), sep="\n")
