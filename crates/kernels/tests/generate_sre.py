"""Writes tests/data/sre.txt: patterns as re._compiler's code, subjects, and what CPython's re finds.

Run with CPython 3.14:  python3.14 generate_sre.py [FUZZ [SEED]] > data/sre.txt
Lines: groups | code | subject (code points) | search | match | fullmatch | all (finditer).
A result is `start-end,group spans...;lastindex`, `-` for nothing. FUZZ adds so many random patterns.
"""
import random, re, sys, warnings
from re import _compiler, _parser
warnings.simplefilter('ignore')
fuzz = int(sys.argv[1]) if len(sys.argv) > 1 else 0
rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 11)

def show(m):
    if m is None: return '-'
    return ','.join('%d-%d' % s if s != (-1, -1) else '_' for s in m.regs) + ';' + str(m.lastindex or 0)

def case(pattern, subject, flags=0):
    try: p = re.compile(pattern, flags)
    except (re.PatternError, OverflowError, RecursionError, ValueError, TypeError): return
    if isinstance(pattern, bytes) != isinstance(subject, bytes): return
    tree = _parser.parse(pattern, flags)
    code = _compiler._code(tree, flags)
    codes = subject if isinstance(subject, bytes) else map(ord, subject)
    print(p.groups, ','.join(map(str, map(int, code))), ','.join(map(str, codes)), show(p.search(subject)), show(p.match(subject)),
          show(p.fullmatch(subject)), ' '.join(map(show, p.finditer(subject))), sep='|')

if not fuzz:
    from test.re_tests import tests
    for t in tests:
        case(t[0], t[1])
        try: case(t[0], t[1], re.I)
        except Exception: pass
        if t[1].isascii() and t[0].isascii(): case(t[0].encode(), t[1].encode(), re.L | re.I)
    extra = [
        (r'(?:(a)|b)*', 'abab'), (r'(?:(x)|(y)|z)*', 'xyzzy'), (r'(a|ab)(?:b|c)+?d', 'abcd'), (r'((a)|(b))*?c', 'abc'),
        (r'(?>a+)b', 'aaab'), (r'(?>a+)ab', 'aaab'), (r'a*+a', 'aaa'), (r'(?:ab|a)++b', 'abab'), (r'(?:a|ab){2}+', 'aba'),
        (r'(?:(a)|(b)){2,3}+c', 'abac'), (r'x*+y?+z', 'xxz'), (r'\b\w+\b', 'some words, here\u00e9'), (r'\B', ''), (r'\b', ''), (r'\Bb', 'abb'),
        (r'(?<=ab)c', 'abc c'), (r'(?<!a)b', 'ab bb'), (r'(?=(a+))\1b', 'aaab'), (r'(?!(a)b)a(c)?', 'acab'), (r'(?:(?=(a))a)+b', 'aab'),
        (r'^\w+$', 'one\ntwo\n'), (r'(?m)^\w+$', 'one\ntwo\n'), (r'(?m)^', 'a\n\nb'), (r'(?m)$', 'a\n\nb\n'), (r'\Aa\Z', 'a'), (r'a\z' , 'a'),
        (r'(?i)straße', 'STRAßE'), (r'(?i)\u212a', 'kK'), (r'(?i)[a-z]+', 'abC\u212a\u017f'), (r'(?i)[\u0100-\u0200]+', '\u0101\u0180z'), (r'(?i)\u0130', 'i\u0130'),
        (r'(?i)[^k]+', 'abk\u212aK'), (r'[\u0400-\u04ff\u1f00]+', 'ab\u0410\u1f00'), (r'[\U00010000-\U00010fff]', 'a\U00010400'), (r'(?i)[\U00010400-\U00010427]+', '\U00010428\U00010400'),
        (r'(?i)\U00010400', '\U00010428'), (r'[\w.]+@[\w.]+', 'x <a.b@c.d>'), (r'\d{3}-\d{4}', 'call 555-1234'), (r'(\d+)\.(\d+)?', '12.34 5. .6'),
        (r'"(?:[^"\\]|\\.)*"', r'say "a\"b" and "c"'), (r'"(?:[^"\\]|\\.)*?"', r'say "a\"b" and "c"'), (r'<(\w+)[^>]*>(.*?)</\1>', '<b x>bold</b><i>it</i>'),
        (r'(a)?b(?(1)c|d)', 'abc bd abd'), (r'(a)?b(?(1)c)', 'abc b'), (r'(?:(a)|b)(?(1)x\x0fy|z)', 'ax\x0fy bz'), (r'(a)?(?(1)\x0f\x10)b', 'a\x0f\x10b'),
        (r'(a(?:b|c))+?d', 'abacd'), (r'(?:a|b|c|d|e|f|g)*h', 'abcdefgh'), (r'(?:foo|bar|baz)+', 'foobarbazqux'), (r'|a', 'a'), (r'(?:|a)+', 'aa'), (r'(?:a*)*', 'aab'), (r'(?:a*)+?b', 'aab'),
        (r'(?:a?){3,5}a{3}', 'aaaa'), (r'(a*)*', 'b'), (r'(a*)+', 'ab'), (r'(?:(a*)b?)*c', 'aabac'), (r'((?:a?)*?)*b', 'aab'), (r'(?s).*', 'a\nb'), (r'.*', 'a\nb'), (r'.*?b', 'a\nab'),
        (r'.{2,3}?c', 'abxcabc'), (r'[^\n]*x', 'abx\nx'), (r'\s+$', 'a  \n '), (r'\S+\s', 'ab cd '), (r'(?a)\w+', 'a\u00e9b'), (r'\w+', 'a\u00e9\u0661_ \u2460'), (r'\d+', '\u0661\u0662a'), (r'\s+', 'a\u2003\u00a0b'),
        (r'(?a:\d)\w', '\u06611a'), (r'x(?i:y)z', 'xYz'), (r'(?-i:a)b', 'aB', re.I), (r'', 'abc'), (r'a|b|', 'cab'), (r'(?:ab)*?c', 'ababc'), (r'(?:ab){2}', 'ababab'), (r'(?:ab){1,2}?x', 'ababx'),
        (r'(?=a)(?!ab)', 'abac'), (r'(?<=(a))b', 'ab'), (r'(?<=a|b)c', 'ac bc'), (r'(?<![a-c])d', 'ad d'), (b'[\x80-\xff]+', b'a\x80\xffb'), (b'\\w+', b'a\xe9b'), (br'(?L)\w+', b'a\xe9b'), (br'(?iL)a[b-d]+', b'AbCd'),
        (br'(?iL)(a)\1[^b]', b'aAcaAb'), (r'(?i)(\u03c3)\1', '\u03a3\u03c2'), (r'(?i)[\u03c2]x', '\u03a3X'), (r'(?ia)(K)\1', 'kK\u212a'), (r'\N{LATIN SMALL LETTER A}+', 'aa'), (r'[]a]+', 'a]b'), (r'[^]a]+', 'a]b'),
        (r'(?x) a b # comment' + '\n c', 'abc'), (r'((((((((((a))))))))))\10', 'aa'), ('a' * 300 + 'b', 'a' * 301 + 'b'), (r'(?:a{2,}b){2}', 'aabaaab'), ('|'.join('w%dx' % i for i in range(80)), 'a w79x w7x'),
        (r'(' + '|'.join('abc'[i % 3] * (i // 3 + 1) for i in range(90)) + r')+d', 'aabbbccccd'), (r'[a-z]*[0-9]+', 'abc123'), (r'[a-c]*[b-d]+e', 'abcbde'), (r'\w*\W', 'abc def'), (r'\w*?\d', 'abc1'),
    ]
    for e in extra: case(*e)

def pattern(depth):
    k = rng.randrange(19)
    if depth <= 0 or k < 6: return rng.choice(['a', 'b', 'c', '.', '[ab]', '[^a]', r'\w', 'ab', r'[\u0101b]', '\u0101', r'\b', '^', '$', 'ca'])
    p = pattern(depth - 1)
    if k < 10: return p + pattern(depth - 1)
    if k == 10: return f'(?:{p}|{pattern(depth - 1)})'
    if k == 11: return f'({p})'
    if k < 15: return f'(?:{p})' + rng.choice('* + ? {2} {1,2} {0,2} {2,}'.split()) + rng.choice(('', '', '?', '+'))
    if k == 15: return f'(?>{p})'
    if k == 16: return rng.choice(('(?={})', '(?!{})', '(?<={})', '(?<!{})')).format(p)
    if k == 17: return f'({p})?{pattern(depth - 2)}(?(1){pattern(depth - 2)}|{pattern(depth - 2)})'
    return f'({p}){pattern(depth - 2)}\\1'

for _ in range(fuzz):
    p = pattern(rng.randrange(1, 5))
    if p.count('*') + p.count('+') + p.count('{') > 4: continue
    for _ in range(3):
        s = ''.join(rng.choice('aaabbbc\u0101\nA') for _ in range(rng.randrange(9)))
        try: case(p, s, rng.choice((0, 0, 0, re.I, re.M, re.S)))
        except re.PatternError: pass
