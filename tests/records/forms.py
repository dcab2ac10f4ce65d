"""The written forms of a link, in tables."""

import pyarrow as pa
import pyarrow.compute as pc

from perito.records.hints import HINTS

DOMAIN = [("domain", "bad.example")]
URL = [("url", "http://bad.example/x")]
SITE = [("url", "http://bad.example")]
BOTH = [("domain", "xn--bad-xz8i.example"), *DOMAIN]

FORMS = [
    # scheme and slashes mistyped or defanged
    *((text, URL) for text in (
        "http:\\\\bad.example/x", "http:/\\bad.example/x", "http:\\/bad.example/x", "https:\\bad.example\\x", "http:bad.example/x",
        "http//bad.example/x", "http;//bad.example/x", "http.//bad.example/x", "https,//bad.example/x", "http__bad.example/x",
        "hxxp[:]//bad.example/x", "hxxps[:]//bad[.]example/x", "hxxps[://]bad.example/x", "hxxp[:\\\\]bad.example/x", "h**p://bad.example/x",
        "h[xx]p://bad.example/x", "h[tt]ps://bad.example/x", "http[s]://bad.example/x", "http: //bad.example/x", "http:// bad.example/x",
        "http:///bad.example/x", "HTTP//BAD.EXAMPLE/X", "https：／／bad.example/x", "//bad.example/x", "\\\\bad.example\\x", "Ve //bad.example/x",
    )),
    # what stands before a bare host
    *((text, DOMAIN) for text in (
        "/bad.example", "//bad.example", "#bad.example", "+bad.example", "=bad.example", "&bad.example", ".bad.example", "...bad.example",
        "etc..bad.example", "etc...bad.example", "*.bad.example", "(/bad.example)", "Hola\\nbad.example", "\\nbad.example", "\\r\\nbad.example",
        "Hola:\\tbad.example", "https:bad.example", "ver #bad.example.", "→bad.example", "$bad.example",
    )),
    ("\\nbad.example/x", URL),
    # a dot said, bracketed, escaped
    *((text, DOMAIN) for text in (
        "bad (dot) example", "bad(dot)example", "bad ( dot ) example", "bad (.) example", "bad ( . ) example", "bad [ . ] example",
        "bad [punto] example", "bad (punto) example", "bad {dot} example", "bad <dot> example", "bad<punto>example", "bad DOT example",
        "bad PUNTO example", "bad[dot]example", "bad[.example", "bad.]example", "bad(.example", "bad\\.example", "bad\\u002eexample",
        "bad\\x2eexample", "bad\\u002Eexample", "bad&#46;example", "bad&#046;example", "bad&#x2e;example", "bad&#x002E;example",
        "bad&period;example", "bad\u2024example", "bad\ufe52example",
    )),
    ("www DOT bad DOT example", [("domain", "www.bad.example")]),
    ("ana [at] bad (dot) example", [("email", "ana@bad.example")]),
    ("https\\u003a\\u002f\\u002fbad\\u002eexample\\u002fx", URL),
    ("https&colon;&sol;&sol;bad&period;example&sol;x", URL),
    ("&#104;&#116;&#116;&#112;&#58;&#47;&#47;bad&#46;example/x", URL),
    ("https%3A%2F%2Fbad.example%2Fx", URL),
    ("https%3A%2F%2Fbad%2Eexample%2Fx", URL),
    ("https://bad%2Eexample/x", URL),
    # letters that are mapped or dropped in a host name
    *((text, DOMAIN) for text in (
        "ｂａｄ．ｅｘａｍｐｌｅ", "ｂａｄ。ｅｘａｍｐｌｅ", "𝐛𝐚𝐝.example", "ⓑⓐⓓ.example", "b\u00adad.example", "b\u200bad.example", "b\u200cad.example",
        "b\u034fad.example", "b\u2060ad.example", "b\u2064ad.example", "b\u206aad.example", "b\u180ead.example", "b\ufe0fad.example",
        "b\U000e0061ad.example", "b\U000e0100ad.example", "bad.\u200bexample", "b&shy;ad.example", "b&#8203;ad.example", "b\\u200bad.example",
    )),
    # other scripts run up against it
    *((text, BOTH) for text in ("见bad.example", "见bad.example看", "见bad.example。")),
    ("смотриbad.example", [("domain", "xn--bad-2ddtmofl.example"), *DOMAIN]),
    ("смотриbad.example/x", [("url", "http://xn--bad-2ddtmofl.example/x"), *URL]),
    *((text, DOMAIN) for text in ("انظرbad.example", "bad.exampleانظر", "bad.exampleпривет", "bad.example看", "bad.exampleで見て", "bad.example에서")),
    ("https://bad.exampleпривет", SITE),
    ("见192.0.2.1看", [("ip", "192.0.2.1")]),
    ("etc..192.0.2.1", [("ip", "192.0.2.1")]),
    # ports, wildcards, other numbers
    *((text, URL) for text in (
        "https://bad.example:/x", "bad.example:/x", "https://bad.example:99999/x", "bad.example:99999/x", "https://*.bad.example/x",
    )),
    ("https://bad.example:0/x", [("url", "http://bad.example:0/x")]),
    ("https://bad.example:123456/x", URL),
    ("http://0300.0.2.1/x", [("url", "http://192.0.2.1/x")]),
    ("http://0xC0.0.2.1/x", [("url", "http://192.0.2.1/x")]),
    ("http://0xC0000201/x", [("url", "http://192.0.2.1/x")]),
    ("http://192.0.513/x", [("url", "http://192.0.2.1/x")]),
    ("http:\\\\3221225985\\x", [("url", "http://192.0.2.1/x")]),
    ("http://[2001:db8::1]:8080/x", [("url", "http://[2001:db8::1]:8080/x")]),
    # broken over lines
    ("https://bad.exam\nple/x y", [("url", "http://bad.exam"), *URL]),
    ("https://bad.exam\tple/x", [("url", "http://bad.exam"), *URL]),
    ("https://bad.exam\r\nple/x", [("url", "http://bad.exam"), *URL]),
    ("https://bad.exam=\nple/x", [("url", "http://bad.exam"), *URL]),
    ("https://bad.=\r\nexample/x", [("url", "http://bad"), *URL]),
    (f"{'-' * 60} bad.exam=\r\nple", DOMAIN),
    ("https://bad.example/=\nx y", [("url", "http://bad.example/="), *URL]),
    ("sitio=\nbad.example", DOMAIN),
    ("https:\n//bad.example/x", URL),
    ("https://bad.example/x\nGracias", URL),
    # in the dress of other formats
    *((text, URL) for text in (
        "[aquí](bad.example/x)", "<bad.example/x>", "<https://bad.example/x>", 'url="bad.example/x"', "href=bad.example/x",
        "view-source:https://bad.example/x", '{"t":"Hola\\nhttps:\\/\\/bad.example\\/x"}', "URL:https://bad.example/x",
    )),
    ("WIFI:S:bad.example;T:WPA;P:clave;;", DOMAIN),
    ("SMSTO:+525552899427:Mira bad.example/x", [("phone", "+525552899427"), *URL]),
    ("MATMSG:TO:ana@bad.example;SUB:x;BODY:bad.example/x;;", [("email", "ana@bad.example"), *URL]),
    ("whatsapp://send?text=Mira%20bad.example", [("url", "whatsapp://send?text=Mira%20bad.example"), *DOMAIN]),
    ("https://wa.me/?text=Mira+bad.example", [("url", "http://wa.me?text=Mira+bad.example"), *DOMAIN]),
    ("mailto:a@t.test?subject=Nota&body=Mira%20bad.example/x", [("email", "a@t.test"), *URL]),
    ("sms:+525552899427?body=bad.example/x", [("phone", "+525552899427"), *URL]),
    ("tg://msg?text=bad.example/x", [("url", "tg://msg?text=bad.example/x"), *URL]),
]  # fmt: skip
"""A text, and the kind and normal form of every link in it."""

ALIKE = [
    "v1.2.3", "3.14", "$3.50", "1,250.00", "10.30 h.", "12:30", "a.m.", "S.A. de C.V.", "D.F.", "Hola.Que tal", "casa.Es", "Ya vine.No estabas",
    "Gracias.Me voy", "etc...no", "Pues..sí", "Bueno....ya", "DOT com", "el DOT de", "the US DOT is late", "bad DOT said", "un punto com", "bad dot example",
    "(punto) com", "bad (nota) example", "( . )( . )", "C:\\notas.example", "D:\\fotos\\notas.example", "Users\\ana\\notas.example",
    "/etc/x.example", "./x.example", "../x.example", "~/x.example", "dir/x.example", "@bad.example", "%bad.example", "..example",
    "#periodismo", "#1.5", "+52.55", "y/o", "http//", "http//casa", "http__casa", "https:\\\\", "//comentario", "\\\\servidor\\x",
    "\\n", "a\\nb", "\\u00e1ndale", "&aacute;rbol", "&#233;l", "x=\ny", "见面.吧", "я.ты", "data:image/png;base64,iVBORw0KGgo=",
    "data:text/plain;base64,SG9sYQ==", "aHR0c", "68747470", "ok\nno.", "10.1.2", "(a.b)", "[.]", "foto.jpg", "nota.docx", "a.b.c",
]  # fmt: skip
"""Texts without a link."""

HTTPS = "aHR0cHM6Ly9iYWQuZXhhbXBsZS94"
PACKED = [
    f"data:text/html;base64,{'PGEgaHJlZj0iaHR0cHM6Ly9iYWQuZXhhbXBsZS94Ij4='}",
    f"DATA:text/html;charset=utf-8;base64,{HTTPS}",
    f"data:;base64,{HTTPS}",
    f"data:image/svg+xml;base64,{HTTPS}",
    f"https://t.test/?u={HTTPS}",
    f"https://t.test/?u=a1{HTTPS}&ntb=1",
    f"https://t.test/r/{HTTPS}/y",
    f"https://t.test/?u={HTTPS}%3D%3D",
    "https://t.test/?u=eyJ1IjoiaHR0cHM6Ly9iYWQuZXhhbXBsZS94In0",
    "https://t.test/?u=eyJ1cmwiOiJodHRwczovL2JhZC5leGFtcGxlL3gifQ",
    "https://t.test/?u=SFRUUFM6Ly9CQUQuRVhBTVBMRS9Y",
    "https://t.test/?u=68747470733a2f2f6261642e6578616d706c652f78",
    f"https://t.test/?u=https%3A%2F%2Ft2.test%2F%3Fu%3D{HTTPS}",
    f"https://t.test/?u=data%3Atext%2Fhtml%3Bbase64%2C{HTTPS}",
    "https://wa.me/?text=Mira%20bad.example%2Fx",
    "https://t.me/share/url?text=bad.example/x",
    "https://web.archive.org/web/2017/bad.example/x",
    "https://web.archive.org/web/2017*/bad.example/x",
    "https://web.archive.org/web/20170102030405id_/http://bad.example/x",
    "fb://facewebmodal/f?href=https%3A%2F%2Fbad.example%2Fx",
    "intent://bad.example/x#Intent;scheme=https;package=com.test;end",
    "https://www.bing.com/ck/a?!&&p=1&u=a1aHR0cHM6Ly9iYWQuZXhhbXBsZS94&ntb=1",
    "https://bad-example.translate.goog/x",
]
"""Addresses in which another travels packed."""

URL_COLUMN = [
    ("https://t.test/?text=bad.example", []),
    ("https://t.test/x?id=QUFBQUFB", []),
    ("https://t.test/aHR0", []),
    ("data:text/plain;base64,SG9sYQ==", []),
    ("data:image/png;base64,aHR0cHM6Ly9iYWQuZXhhbXBsZS94", [("url", "http://bad.example/x")]),
    ("whatsapp://send?text=bad.example", [("domain", "bad.example")]),
    ("https://web.archive.org/web/2017/", []),
]
"""An address of a column of addresses, and what it carries."""


def hinted(texts):
    return pc.match_substring_regex(pa.array(texts, pa.string()), HINTS).to_pylist()
