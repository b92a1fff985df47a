"""Turns Markdown into HTML: headings, paragraphs, lists, quotes, code, emphasis, links.

    taipan examples/markdown.py FILE.md > page.html
    taipan examples/markdown.py --test
"""

import html
import re
import sys
import unittest
from dataclasses import dataclass, field


@dataclass
class Block:
    kind: str
    lines: list[str] = field(default_factory=list)
    level: int = 0


MARKS = re.compile(
    r"""
    `(?P<code>[^`]+)`
    | \*\*(?P<strong>.+?)\*\*
    | \*(?P<emphasis>[^*]+)\*
    | !\[(?P<alt>[^\]]*)\]\((?P<source>[^)\s]+)\)
    | \[(?P<label>[^\]]+)\]\((?P<target>[^)\s]+)\)
    """,
    re.VERBOSE,
)


def inline(text):
    """The text of a line with its marks as tags; everything else is escaped."""
    parts, last = [], 0
    for mark in MARKS.finditer(text):
        parts.append(html.escape(text[last : mark.start()], quote=False))
        last = mark.end()
        match mark.groupdict():
            case {"code": str(code)}:
                parts.append(f"<code>{html.escape(code, quote=False)}</code>")
            case {"strong": str(strong)}:
                parts.append(f"<strong>{inline(strong)}</strong>")
            case {"emphasis": str(emphasis)}:
                parts.append(f"<em>{inline(emphasis)}</em>")
            case {"source": str(source), "alt": alt}:
                parts.append(f'<img src="{html.escape(source)}" alt="{html.escape(alt)}">')
            case {"target": str(target), "label": label}:
                parts.append(f'<a href="{html.escape(target)}">{inline(label)}</a>')
    parts.append(html.escape(text[last:], quote=False))
    return "".join(parts)


def blocks(text):
    """The blocks of a text, in order."""
    current = None
    for line in text.splitlines():
        if current and current.kind == "code":
            if line.startswith("```"):
                yield current
                current = None
            else:
                current.lines.append(line)
            continue
        kind, level, rest = classify(line)
        if current and (kind != current.kind or kind in ("heading", "blank", "rule")):
            yield current
            current = None
        if kind != "blank":
            current = current or Block(kind, level=level)
            if kind != "code":
                current.lines.append(rest)
    if current:
        yield current


def classify(line):
    if not line.strip():
        return "blank", 0, ""
    if line.startswith("```"):
        return "code", 0, ""
    if re.fullmatch(r"(-{3,}|\*{3,})\s*", line):
        return "rule", 0, ""
    for kind, pattern in (("bullets", r"[-*+]\s+(.*)"), ("numbers", r"\d+[.)]\s+(.*)"), ("quote", r">\s?(.*)")):
        if found := re.match(pattern, line):
            return kind, 0, found[1]
    if found := re.match(r"(#{1,6})\s+(.*?)\s*#*$", line):
        return "heading", len(found[1]), found[2]
    return "paragraph", 0, line.strip()


def render(block):
    match block:
        case Block("heading", [text], level):
            return f"<h{level}>{inline(text)}</h{level}>"
        case Block("rule"):
            return "<hr>"
        case Block("code", lines):
            return f"<pre><code>{html.escape('\n'.join(lines), quote=False)}</code></pre>"
        case Block("bullets" | "numbers" as kind, items):
            tag = "ul" if kind == "bullets" else "ol"
            return "\n".join([f"<{tag}>", *(f"  <li>{inline(item)}</li>" for item in items), f"</{tag}>"])
        case Block("quote", lines):
            return f"<blockquote>\n{to_html('\n'.join(lines))}\n</blockquote>"
        case Block(_, lines):
            return f"<p>{inline(' '.join(lines))}</p>"


def to_html(text):
    return "\n".join(map(render, blocks(text)))


class MarkdownTests(unittest.TestCase):
    def check(self, source, wanted):
        self.assertEqual(to_html(source), wanted)

    def test_headings(self):
        self.check("# One\n### Three ###", "<h1>One</h1>\n<h3>Three</h3>")

    def test_paragraphs_join_lines(self):
        self.check("a\nb\n\nc", "<p>a b</p>\n<p>c</p>")

    def test_marks(self):
        self.check("**a *b* c** `x < *y*`", "<p><strong>a <em>b</em> c</strong> <code>x &lt; *y*</code></p>")

    def test_links(self):
        self.check("[see](http://a/?b&c)", '<p><a href="http://a/?b&amp;c">see</a></p>')
        self.check("![cat](cat.png)", '<p><img src="cat.png" alt="cat"></p>')

    def test_lists(self):
        self.check("- a\n- b", "<ul>\n  <li>a</li>\n  <li>b</li>\n</ul>")
        self.check("1. a\n2) b", "<ol>\n  <li>a</li>\n  <li>b</li>\n</ol>")

    def test_code_keeps_everything(self):
        self.check("```py\n# no heading\n\nx < 1\n```", "<pre><code># no heading\n\nx &lt; 1</code></pre>")

    def test_quotes_hold_blocks(self):
        self.check("> # a\n> b", "<blockquote>\n<h1>a</h1>\n<p>b</p>\n</blockquote>")

    def test_text_is_escaped(self):
        self.check("1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>")
        self.check("---", "<hr>")


def main():
    match sys.argv[1:]:
        case ["--test"]:
            unittest.main(argv=sys.argv[:1])
        case [name]:
            with open(name, encoding="utf-8") as file:
                print(to_html(file.read()))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
