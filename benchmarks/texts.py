# Text: splitting, joining, formatting, searching, f-strings, encoding.
words = ('the quick brown fox jumps over the lazy dog ' * 40).split()
counts = {}
total = 0
for turn in range(400):
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    line = ' '.join(words)
    total += line.count('fox') + line.find('zebra') + len(line.upper().replace('THE', 'a'))
    total += len(f'{turn:>8}|{total:x}|{line[:10]!r}|{turn / 7:.3f}')
    total += len('%s-%05d' % (turn, total % 1000)) + len(line.encode().decode('latin-1'))
    total += sum(c.isalpha() for c in line[:200])
print(total, sorted(counts.items())[:3])
