"""Bytes as text and back: base64 and hexadecimal, strict and lenient; CRC-32."""

import base64
import binascii
import random

random.seed(5)
for n in list(range(40))+[300]:
    d=random.randbytes(n)
    for nl in (0,1): assert binascii.b2a_base64(d,newline=nl).rstrip(b'\n')==base64.b64encode(d)
    print(d.hex(), binascii.b2a_base64(d), binascii.a2b_base64(binascii.b2a_base64(d))==d, bytes.fromhex(d.hex().upper())==d, binascii.crc32(d), binascii.crc32(d,77), d.hex(':',3))
for s in ('YWJj!ZGVm','YW Jj\nZGV m','YWJjZA==','YWJjZA','YWJjZA=','YWJj=ZGVm','====','YQ==YWJj','YW=JjYWJj','YWJjY','=YWJj'):
    for strict in (0,1):
        try: print(s, strict, binascii.a2b_base64(s,strict_mode=strict))
        except Exception as e: print(s,strict,type(e).__name__,e)
for s in ('0','zz','0 1','01 2',' 01  02 ','0g','0\u0661'):
    for f in (bytes.fromhex, binascii.unhexlify, bytearray.fromhex):
        try: print(s,f(s))
        except Exception as e: print(s,type(e).__name__,e)
