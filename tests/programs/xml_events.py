# What pyexpat tells of documents, where, and what is wrong with them.
from xml.parsers import expat

NAMES = [name for name in dir(expat.XMLParserType) if name.endswith("Handler")]
DEFAULTS = ["DefaultHandler", "DefaultHandlerExpand"]


def parse(document, names=None, pieces=(), namespaces=None, encoding=None, entities=None, **settings):
    parser = expat.ParserCreate(encoding, namespaces)
    for name, value in settings.items():
        setattr(parser, name, value)
    if entities is not None:
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_ALWAYS)

    def tell(parser, name, prefix):
        def handler(*arguments):
            place = parser.CurrentByteIndex, parser.CurrentLineNumber, parser.CurrentColumnNumber
            print(" ", prefix + name.removesuffix("Handler"), arguments, *place)
            if name == "ExternalEntityRefHandler" and entities is not None:
                child = parser.ExternalEntityParserCreate(arguments[0])
                for name_ in names:
                    setattr(child, name_, tell(child, name_, prefix + "+"))
                child.Parse(entities[arguments[2]], True)
            return 1
        return handler

    names = names or [name for name in NAMES if name not in DEFAULTS + ["NotStandaloneHandler"]]
    for name in names:
        setattr(parser, name, tell(parser, name, ""))
    print(document[:40], namespaces, encoding, settings)
    cuts = [0, *pieces, len(document)]
    try:
        for start, end in zip(cuts, cuts[1:]):
            parser.Parse(document[start:end], end == len(document))
    except expat.ExpatError as error:
        print("  error", error, error.code, error.lineno, error.offset, parser.ErrorByteIndex)
    except (LookupError, ValueError) as error:
        print("  ", type(error).__name__, error)


DOCUMENT = b"""<?xml version='1.0' encoding='utf-8' standalone="no"?>
<!-- c --><?pi data?>
<!DOCTYPE r [
<!ELEMENT r (a|b)*>
<!ELEMENT a ((p,q?)+,(x|y)*,z)>
<!ELEMENT b (#PCDATA|a)*>
<!ATTLIST a x CDATA #IMPLIED y ID #REQUIRED z (p|q) 'p' w NMTOKENS #FIXED ' u  v '>
<!ENTITY e 'val &#65; &f;'>
<!ENTITY f "<b>x</b>">
<!ENTITY % pe '<!ENTITY g "gg">'>
%pe;
<!ENTITY ext SYSTEM 'ext.xml'>
<!NOTATION n PUBLIC 'p  q' 'sys'>
<!ENTITY un SYSTEM 'u' NDATA n>
]>
<r xmlns='u1' xmlns:p='u2'>
  <a x='1&lt;2\t3' y="i"/>text &amp; more &e; &#x41;\r
<p:b p:q='1' q='2'><![CDATA[ cd ]] a
 ]]></p:b>]] &ext; \xc3\xa9\xe2\x82\xac\xf0\x9f\x90\x8d<?p  d ?></r>
<!-- end --> """
parse(DOCUMENT)
parse(DOCUMENT, namespaces=" ", namespace_prefixes=True, pieces=(3, 60, 200, 800))
parse(DOCUMENT, namespaces="", ordered_attributes=True, specified_attributes=True, buffer_text=True)
parse(DOCUMENT, ["DefaultHandler"])
parse(DOCUMENT, ["DefaultHandlerExpand", "StartElementHandler"])
parse(DOCUMENT, entities={"ext.xml": b"<?xml encoding='utf-8'?>out<q>&e;</q>"})
parse(b"<!DOCTYPE a SYSTEM 'x.dtd'><a>&here;&there;</a>", NAMES[:-3] + ["SkippedEntityHandler"], entities={
    "x.dtd": b"<!ENTITY % k 'INCLUDE'><![%k;[<!ENTITY here 'now'>]]><![IGNORE[ <![ x ]]> ]]>"})
parse("<?xml version='1.0' encoding='iso-8859-1'?><r é='ü'>ß</r>".encode("latin-1"), pieces=(5, 46))
parse("<r>aé\U0001f40d\r\nb</r>".encode("utf-16"))
parse("<?xml version='1.0' encoding='koi8-r'?><я/>".encode("koi8-r"))
parse("<?xml version='1.0' encoding='koi8-r'?><я/>")

for wrong in [
    b"", b" ", b"x", b"<", b"<a", b"<a>", b"<a></b>", b"<a/><b/>", b"<a b='1' b='2'/>", b"<a b=1/>", b"<a b='<'/>",
    b"<a>&x;</a>", b"<a>&#0;</a>", b"<a>&#xD800;</a>", b"<a>]]></a>", b"<a>\x01</a>", b"<a>\xff</a>", b"<a>\xc3",
    b"<a><![CDATA[x", b"<a><!-- -- --></a>", b"<a><?xml version='1.0'?></a>", b" <?xml version='1.0'?><a/>",
    b"<?xml version='2.0'?><a/>", b"<?xml version='1.0' encoding='nonsense'?><a/>", b"<?xml version='1.0' x='1'?><a/>",
    b"<?xml version='1.0' encoding='utf-16'?><a/>", b"<?xml version='1.0' encoding='cp037'?><a/>",
    b"<!DOCTYPE a [<!ENTITY x '&y;'><!ENTITY y '&x;'>]><a>&x;</a>", b"<!DOCTYPE a [<!ENTITY x '<b>'>]><a>&x;</a>",
    b"<!DOCTYPE a [<!ENTITY x SYSTEM 'y'>]><a b='&x;'/>", b"<!DOCTYPE a [<!ENTITY x '%y;'>]><a/>", b"<!DOCTYPE a [ x",
    b"<!DOCTYPE a PUBLIC '{' ''><a/>", b"<!DOCTYPE a [<!ELEMENT a (b,c|d)>]><a/>", b"<!DOCTYPE a [<!ATTLIST a b X>]><a/>",
]:
    parse(wrong, ["StartElementHandler", "CharacterDataHandler"])
for wrong in [
    b"<p:a/>", b"<a p:b=''/>", b"<a xmlns:p=''/>", b"<a xmlns:xml='x'/>", b"<a xmlns:xmlns='x'/>",
    b"<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>", b"<a:b:c/>", b"<a xmlns='x y'/>",
    b"<a xmlns:p='x' xmlns:q='x' p:b='' q:b=''/>",
]:
    parse(wrong, ["StartElementHandler"], namespaces=" ")

# What expands beyond measure is refused; what is nested deeply does no harm.
laughs = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 20}'>" for n in range(1, 9))
parse(f"<!DOCTYPE r [<!ENTITY l0 'ha'>{laughs}]><r a='&l8;'/>".encode(), ["StartElementHandler"])
depth = 30000
model = "(" * depth + "a" + ")" * depth
parser = expat.ParserCreate()
parser.ElementDeclHandler = lambda name, model: print(name, model[:3])
parser.Parse(f"<!DOCTYPE r [<!ELEMENT r {model}>]>{'<r>' * depth}{'</r>' * depth}", True)

# Handlers that fail, that go, and that come back into the parser.
parser = expat.ParserCreate()
parser.buffer_text = True


def start(name, attributes):
    print(name, parser.GetInputContext()[:20], parser.intern)
    try:
        parser.Parse(b"<x/>")
    except RuntimeError as error:
        print(error)
    if name == "c":
        raise KeyError(name)


def text(data):
    print(repr(data))
    parser.EndElementHandler = None


parser.StartElementHandler = start
parser.EndElementHandler = print
parser.CharacterDataHandler = text
try:
    parser.Parse("<a>x\ny<b/>z<c/><d/></a>", True)
except KeyError as error:
    print(repr(error), parser.StartElementHandler, parser.GetInputContext())
for wrong in [
    lambda: parser.Parse(b"", True), lambda: parser.Parse(1), lambda: parser.ParseFile(1),
    lambda: expat.ParserCreate(1), lambda: expat.ParserCreate(namespace_separator="ab"),
    lambda: expat.ParserCreate(intern=1), lambda: expat.ParserCreate("nonsense").Parse(b"<a/>"),
    lambda: setattr(parser, "buffer_size", 0), lambda: delattr(parser, "StartElementHandler"),
    lambda: parser.UseForeignDTD(), lambda: type(parser)(),
]:
    try:
        print(wrong())
    except (expat.ExpatError, TypeError, ValueError, LookupError, RuntimeError) as error:
        print(type(error).__name__, error)
print(expat.ErrorString(3), expat.ErrorString(99), expat.errors.XML_ERROR_SYNTAX, expat.errors.codes["syntax error"])
