// A site that hostile.py made of what strangers could write, in Chromium: nothing runs, nothing is fetched but what the
// page names as a picture or a player, nothing leads to other than the web and mail. First every trap catches a page
// that is made for it, so that silence means something.
// Of pages whose elements all have been met on other pages, with the same attributes and the same schemes in addresses,
// every sixth is opened; with --long all are.
// usage: node hostile.mjs FOLDER BASE_URL [--long]

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, extname, join, resolve } from "node:path";
import { chromium } from "playwright-core";
import { files, isAmp, pages, report } from "./tree.mjs";

const folder = resolve(process.argv[2]);
const base = new URL(process.argv[3]);
const made = mkdtempSync(join(tmpdir(), "newsgen-hostile-"));
process.on("exit", () => rmSync(made, { recursive: true }));
const findings = [];
const players = ["www.youtube.com", "youtube.com", "www.youtube-nocookie.com", "player.vimeo.com", "www.dailymotion.com",
  "geo.dailymotion.com"];

// ---- the traps: each with a page that must fall into it, and what is said then

const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'self'; img-src 'self' https:">`;
const safe = `src="https://picture.example/x.png" referrerpolicy="no-referrer"`;
const player = `src="https://www.youtube.com/embed/x" sandbox="allow-scripts"`;
const runs = (code) => `<script>${code}</script>`;
const traps = [
  [/calls alert\(1\)/, runs("alert(1)")],
  [/calls alert\(1\)/, "<img src=/none onerror=alert(1)>"],
  [/calls alert\(1\)/, "<svg onload=alert(1)>"],
  [/calls alert\(1\)/, "<input autofocus onfocus=alert(1)>"],
  [/calls alert\(1\)/, "<b onfocusin=alert(1) tabindex=0>x</b>"],
  [/calls alert\(1\)/, "<p onmouseover=alert(1)>x"],
  [/calls alert\(1\)/, "<p onmouseenter=alert(1)>x"],
  [/calls alert\(1\)/, "<p onpointerover=alert(1)>x"],
  [/calls alert\(1\)/, "<p onclick=alert(1)>x"],
  [/calls alert\(1\)/, "<p onkeydown=alert(1)>x"],
  [/calls alert\(1\)/, "<p oncopy=alert(1)>x"],
  [/calls alert\(1\)/, "<details ontoggle=alert(1)><summary>x</summary>y</details>"],
  [/calls alert\(1\)/, "<video><source src=/none onerror=alert(1)></video>"],
  [/calls alert\(1\)/, "<body onload=alert(1)>"],
  [/calls alert\(1\)/, "<body onscroll=alert(1)><p style=height:9999px>x"],
  [/calls alert\(1\)/, "<style>@keyframes x{}p{animation:x 1s}</style><p onanimationstart=alert(1)>x"],
  [/calls alert\(1\)/, "<iframe srcdoc='<script>alert(1)</script>'></iframe>"],
  [/calls alert\(1\)/, "<iframe src='javascript:alert(1)'></iframe>"],
  [/calls alert\(1\)/, "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>" + runs("alert(1)")],
  [/calls confirm/, runs("confirm(1)")],
  [/calls prompt/, runs("prompt(1)")],
  [/calls print/, runs("print()")],
  [/calls open/, runs("open('//evil.example/')")],
  [/calls fetch/, runs("fetch('//evil.example/')")],
  [/calls XMLHttpRequest/, runs("new XMLHttpRequest")],
  [/calls sendBeacon/, runs("navigator.sendBeacon('//evil.example/')")],
  [/calls WebSocket/, runs("new WebSocket('wss://evil.example/')")],
  [/calls EventSource/, runs("new EventSource('//evil.example/')")],
  [/calls RTCPeerConnection/, runs("new RTCPeerConnection")],
  [/calls Worker/, runs("new Worker('/x.js')")],
  [/calls SharedWorker/, runs("new SharedWorker('/x.js')")],
  [/calls register/, runs("navigator.serviceWorker.register('/x.js')")],
  [/calls eval/, runs("eval('1')")],
  [/calls Function/, runs("Function('1')")],
  [/calls Function/, runs("[].at.constructor('1')")],
  [/calls setTimeout with a text/, runs("setTimeout('1')")],
  [/calls setInterval with a text/, runs("setInterval('1')")],
  [/calls write/, runs("document.write('x')")],
  [/calls pushState/, runs("history.pushState(1, '', '/x')")],
  [/calls postMessage/, runs("top.postMessage(1, '*')")],
  [/calls Image/, runs("new Image")],
  [/calls createElement/, runs("document.createElement('img')")],
  [/calls setItem/, runs("localStorage.setItem('a', 'b')")],
  [/a script was read/, runs("1")],
  [/a script was read/, "<p onclick='1'>x"],
  [/script error/, runs("throw 1")],
  [/console: evil/, runs("console.error('evil')")],
  [/goes to .*evil/, runs("location = '//evil.example/'")],
  [/goes to .*evil/, "<meta http-equiv=refresh content='0;url=//evil.example/'>"],
  [/goes to .*evil/, `<form action=//evil.example/ id=f></form>${runs("f.submit()")}`],
  [/goes to .*evil/, `<a id=x href=//evil.example/ rel=nofollow>x</a>${runs("x.addEventListener('click', () => { location = x.href })")}`],
  [/refused by the policy/, policy + runs("alert(1)")],
  [/refused by the policy/, `${policy}<p style="color:red">x`],
  [/refused by the policy/, `${policy}<iframe ${player}></iframe>`],
  [/asks for the image https:\/\/evil.example\/css/, "<style>body{background:url(https://evil.example/css)}</style>"],
  [/asks for the image https:\/\/evil.example\/set/, `<img ${safe} srcset="https://evil.example/set 1x">`],
  [/asks for the image https:\/\/evil.example\/poster/, "<video poster=https://evil.example/poster></video>"],
  [/asks for the image https:\/\/evil.example\/icon/, "<svg width=9 height=9><image href=https://evil.example/icon /></svg>"],
  [/asks for the image http:/, "<img src=http://picture.example/x.png referrerpolicy=no-referrer>"],
  [/asks for the stylesheet https:\/\/evil.example/, "<link rel=stylesheet href=https://evil.example/x.css>"],
  [/asks for the script https:\/\/evil.example/, "<script src=https://evil.example/x.js></script>"],
  [/asks for the font https:\/\/evil.example/, "<style>@font-face{font-family:x;src:url(https://evil.example/f)}p{font-family:x}</style><p>x"],
  [/asks for the media https:\/\/evil.example/, "<audio src=https://evil.example/a preload=auto></audio>"],
  [/asks for the document https:\/\/evil.example/, "<iframe src=https://evil.example/ sandbox></iframe>"],
  [/asks for the document https:\/\/evil.example/, "<object data=https://evil.example/ type=text/html></object>"],
  [/asks for the other https:\/\/evil.example|reaches evil.example/, "<link rel=prefetch href=https://evil.example/pre>"],
  [/asks for the \w+ https:\/\/evil.example|reaches evil.example/, "<link rel=preload as=image href=https://evil.example/pre>"],
  [/reaches evil.example/, "<img src=https://evil.example/x.png>"],
  [/attribute onclick/, "<p onclick=''>x"],
  [/attribute style/, "<p style=''>x"],
  [/attribute srcdoc/, "<iframe srcdoc='' sandbox></iframe>"],
  [/attribute ping/, "<a href=/ ping=/x>x</a>"],
  [/attribute target/, "<a href=/ target=_blank>x</a>"],
  [/attribute formaction/, "<button formaction=/x>x</button>"],
  [/attribute action/, "<form action=/x></form>"],
  [/attribute srcset/, `<img ${safe} srcset="/x 1x">`],
  [/attribute name/, "<a name=x>x</a>"],
  [/attribute contenteditable/, "<p contenteditable>x"],
  [/attribute xlink:href/, "<svg><a xlink:href=/x>x</a></svg>"],
  ...["base", "form", "object", "embed", "template", "svg", "math", "style", "input", "button", "video", "portal", "marquee",
    "dialog", "frameset", "x-evil"].map((tag) => [new RegExp(`element ${tag}$`), `<${tag}></${tag}>`]),
  [/element script/, "<script type=text/plain></script>"],
  [/element link of preload/, "<link rel=preload href=/x as=style>"],
  [/element link of preconnect/, "<link rel=preconnect href=https://evil.example>"],
  [/meta refresh/, "<meta http-equiv=refresh content=9999>"],
  [/JSON-LD that is none/, "<script type=application/ld+json>{</script>"],
  [/link to javascript:/, "<a href=javascript:alert(1)>x</a>"],
  [/link to javascript:/, "<a href=' java\tscript:alert(1)'>x</a>"],
  [/link to data:/, "<area href=data:,x>"],
  [/link to no address/, "<a href=https://[>x</a>"],
  [/leaves the site without rel=nofollow/, "<a href=https://evil.example/>x</a>"],
  [/leaves the site without rel=nofollow/, "<a href=//evil.example/ rel=noopener>x</a>"],
  [/picture without referrerpolicy/, "<img src=https://picture.example/x.png>"],
  [/picture without referrerpolicy/, "<amp-img src=https://picture.example/x.png></amp-img>"],
  [/frame without sandbox/, "<iframe src=https://www.youtube.com/embed/x></iframe>"],
  [/frame of no player/, "<iframe src=https://www.youtube.com.evil.example/ sandbox></iframe>"],
  [/frame of no player/, "<iframe src=http://www.youtube.com/ sandbox></iframe>"],
  [/frame of no player/, "<amp-iframe src=https://evil.example/ sandbox></amp-iframe>"],
  [/id main stands twice/, "<p id=main>x</p><p id=main>x</p>"],
  [/turns the direction/, "<p>a\u202eb</p>"],
  [/no policy before/, ""],
  [/no policy before/, `<img ${safe}>${policy}`],
  [/no policy before/, policy.replace("'self';", "*;")],
];

traps.forEach(([, html], at) => {
  mkdirSync(join(made, `.trap/${at}`), { recursive: true });
  writeFileSync(join(made, `.trap/${at}/index.html`), `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>x</title>${html}`);
});

// ---- a static host, and a proxy that lets nothing through

const path = (file) => base.pathname + file.replace(/(^|\/)index\.html$/, "$1");
const served = new Map();
const serve = (folder) => files(folder).forEach((file) => served.set(path(file), join(folder, file)));
serve(folder);
serve(made);
const types = {
  ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml",
  ".webp": "image/webp", ".png": "image/png", ".xml": "text/xml", ".json": "application/json",
};
const listening = (server) => new Promise((ready) => server.listen(0, "127.0.0.1", () => ready(server.address().port)));
const server = createServer((request, response) => {
  const file = served.get(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
  const sent = file ?? join(folder, "404.html");
  response.writeHead(file ? 200 : 404, { "content-type": types[extname(sent)] ?? "application/octet-stream" });
  response.end(readFileSync(sent));
});
const origin = `http://127.0.0.1:${await listening(server)}`;
const address = (file) => origin + encodeURI(file === "404.html" ? `${base.pathname}not/there/` : path(file));

const reached = new Set(); // the hosts that the browser asked the proxy for, by whatever means
const refuse = (host) => reached.add(host.replace(/:\d+$/, ""));
const proxy = createServer((request, response) => {
  refuse(new URL(request.url, "http://none").host);
  response.writeHead(403).end();
});
proxy.on("connect", (request, socket) => {
  refuse(request.url);
  socket.on("error", () => {});
  socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
});
const proxyPort = await listening(proxy);

// ---- what is hung into every page before anything of it runs

function hooks() {
  const tell = window.hostileReport;
  // The browser's own page for a frame that did not come has none.
  if (typeof tell !== "function") return;
  const text = (value) => {
    try {
      return String(value).slice(0, 80);
    } catch {
      return "?";
    }
  };
  const trap = (owner, name, isCaught = () => true) => {
    const original = owner?.[name];
    if (typeof original !== "function") return;
    const caught = function (...given) {
      if (!isCaught(...given)) return original.apply(this, given);
      tell(`calls ${name}${isCaught.length ? " with a text" : ""}(${given.map(text).join(", ")})`);
      return isCaught.length ? 0 : {};
    };
    caught.prototype = original.prototype;
    owner[name] = caught;
  };
  const isText = (code) => typeof code === "string";
  for (const name of ["alert", "confirm", "prompt", "print", "open", "fetch", "eval", "postMessage", "XMLHttpRequest", "WebSocket",
    "EventSource", "RTCPeerConnection", "Worker", "SharedWorker", "Function", "Image", "Audio", "BroadcastChannel", "Notification"])
    trap(window, name);
  for (const name of ["setTimeout", "setInterval"]) trap(window, name, isText);
  for (const name of ["write", "writeln", "createElement", "createElementNS", "execCommand"]) trap(Document.prototype, name);
  for (const name of ["pushState", "replaceState"]) trap(History.prototype, name);
  trap(Storage.prototype, "setItem");
  trap(Navigator.prototype, "sendBeacon");
  trap(window.ServiceWorkerContainer?.prototype, "register");
  Function.prototype.constructor = Function;
  document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
    tell(`refused by the policy: ${effectiveDirective} ${blockedURI}`), true);
  const keep = (event) => event.preventDefault();
  window.addEventListener("click", keep, true);
  window.addEventListener("submit", keep, true);
}

// ---- what is done to every page, and looked for in it as the browser has it

async function inspect(players, site, kind) {
  const found = [];
  const say = (what) => found.push(what);
  const query = Document.prototype.querySelectorAll;
  const all = [...query.call(document, "*")];
  const attribute = (element, name) => Element.prototype.getAttribute.call(element, name);
  const isAmp = document.documentElement.hasAttribute("amp");
  const isPage = kind === "page";

  const strange = ["base", "form", "object", "embed", "template", "svg", "math", "input", "button", "textarea", "select", "video",
    "audio", "source", "track", "portal", "fencedframe", "marquee", "dialog", "frame", "frameset", "applet", "map", "area", "slot"];
  const names = /^(on.*|srcdoc|srcset|ping|target|poster|background|action|formaction|form|data|autofocus|contenteditable|download|is|slot|manifest|nonce|usemap|popover.*|xmlns|.*:.*)$/;
  const ids = new Set();
  for (const element of all) {
    const tag = element.localName;
    const isOfAmp = isAmp && tag.startsWith("amp-");
    if (strange.includes(tag) || (tag.includes("-") && !isOfAmp) || (tag === "style" && !isAmp)) say(`element ${tag}`);
    if (element.namespaceURI !== "http://www.w3.org/1999/xhtml") say(`element ${tag} of ${element.namespaceURI}`);
    if (element.shadowRoot) say(`element ${tag} with a shadow`);
    for (const { name } of element.attributes) {
      const isFine = (name === "style" && isAmp) || (name === "name" && tag === "meta");
      if ((names.test(name) || name === "style" || name === "name") && !isFine) say(`attribute ${name}`);
    }
    if (element.id && ids.size === ids.add(element.id).size) say(`id ${element.id} stands twice`);
    if (tag === "script") {
      const isData = attribute(element, "type") === "application/ld+json";
      const isLibrary = isAmp && !element.textContent && /^https:\/\/cdn\.ampproject\.org\//.test(attribute(element, "src"));
      if (!isData && !isLibrary) say("element script");
      if (isData)
        try {
          JSON.parse(element.textContent);
        } catch {
          say(`JSON-LD that is none: ${element.textContent.slice(0, 80)}`);
        }
    }
    if (tag === "style" && isAmp && !element.hasAttribute("amp-custom") && !element.hasAttribute("amp-boilerplate")) say("element style");
    if (tag === "link" && !/^(canonical|amphtml|alternate|icon|stylesheet|next|prev)$/.test(attribute(element, "rel")))
      say(`element link of ${attribute(element, "rel")}`);
    if (tag === "meta" && element.hasAttribute("http-equiv") && attribute(element, "http-equiv") !== "Content-Security-Policy")
      say(`meta ${attribute(element, "http-equiv")}`);
    if (tag === "a" || tag === "area") {
      const href = attribute(element, "href");
      if (href === null) continue;
      if (!URL.canParse(href, location.href)) {
        say(`link to no address: ${href}`);
        continue;
      }
      const { protocol, origin } = new URL(href, location.href);
      if (!/^(https?|mailto):$/.test(protocol)) say(`link to ${protocol}`);
      const isOut = protocol !== "mailto:" && origin !== location.origin && origin !== site;
      if (isOut && isPage && !/\bnofollow\b/.test(attribute(element, "rel"))) say(`leaves the site without rel=nofollow: ${href}`);
    }
    if ((tag === "img" || tag === "amp-img") && attribute(element, "referrerpolicy") !== "no-referrer") say("picture without referrerpolicy");
    if (tag === "iframe" || tag === "amp-iframe") {
      if (!element.hasAttribute("sandbox")) say("frame without sandbox");
      const source = URL.parse(attribute(element, "src") ?? "");
      if (source?.protocol !== "https:" || !players.includes(source.host)) say(`frame of no player: ${attribute(element, "src")}`);
    }
  }
  if (isPage && !isAmp) {
    const first = all.findIndex(({ localName }) => ["link", "script", "style", "img", "iframe", "body"].includes(localName));
    const policy = all.findIndex((element) => attribute(element, "http-equiv") === "Content-Security-Policy");
    if (policy < 0 || policy > first || !/\bdefault-src 'self';/.test(attribute(all[policy], "content"))) say("no policy before what it is for");
  }
  // A body is the site's own words, of which each paragraph ends what it began; what newsgen does not know it leaves as it is.
  const texts = document.createTreeWalker.call(document, document.documentElement, NodeFilter.SHOW_TEXT);
  while (texts.nextNode())
    if (/[\u202a-\u202e\u2066-\u2069]/u.test(texts.currentNode.data) && !texts.currentNode.parentElement.closest(".prose, .extra"))
      say(`turns the direction: ${JSON.stringify(texts.currentNode.data.slice(0, 80))}`);

  // Whatever waits for a reader to do something gets it.
  const frame = () => new Promise(requestAnimationFrame);
  const events = ["focus", "focusin", "blur", "mouseover", "mouseenter", "mousemove", "mousedown", "mouseup", "pointerover", "pointerdown",
    "touchstart", "keydown", "keyup", "input", "change", "copy", "paste", "wheel", "dragstart", "drop", "contextmenu", "dblclick",
    "animationstart", "transitionend", "error", "load", "toggle", "beforetoggle", "submit", "scroll", "close"];
  for (const element of all) {
    if (["script", "style", "link", "meta", "title", "head"].includes(element.localName)) continue;
    for (const name of events) element.dispatchEvent(new Event(name, { bubbles: true, cancelable: true }));
    if (element.localName === "details") element.open = true;
    for (const { prototype } of [HTMLElement, SVGElement, MathMLElement])
      if (prototype.isPrototypeOf(element)) prototype.focus.call(element, { preventScroll: true });
    element.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, composed: true }));
  }
  const root = document.scrollingElement ?? document.documentElement;
  // What is late to load does so within a thousand pixels.
  for (let y = 0; y < root.scrollHeight; y += innerHeight + 1000) {
    scrollTo({ top: y, behavior: "instant" });
    await frame();
  }
  await frame();
  return found;
}

// ---- the browser

const browser = await chromium.launch({
  // The shell is Chromium without its windows, which cost more than the pages do.
  executablePath: ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"].find(existsSync),
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    `--proxy-server=127.0.0.1:${proxyPort}`],
});

let requests = 0;
const asked = new Set(); // the hosts that pages asked for
const bare = (url) => url.replace(/#.*/, "");
const resolved = (link, from) => (URL.canParse(link, from) ? bare(new URL(link, from).href) : null);

/** The addresses that a page names as those of pictures, frames, style sheets and scripts of AMP. */
function named({ elements }, from) {
  const of = (kind, tags, name) => elements.filter(({ tag }) => tags.includes(tag)).map(({ attrs }) => `${kind} ${resolved(attrs[name], from)}`);
  const links = (kind, rel) => elements.filter(({ tag, attrs }) => tag === "link" && attrs.rel === rel)
    .map(({ attrs }) => `${kind} ${resolved(attrs.href, from)}`);
  return new Set([...of("image", ["img"], "src"), ...of("document", ["iframe"], "src"), ...of("script", ["script"], "src"),
    ...links("stylesheet", "stylesheet"), ...links("image", "icon"), ...links("other", "icon")]);
}

/** Opens pages one after the other; gives what each was caught at. */
async function tab() {
  const context = await browser.newContext({ viewport: { width: 640, height: 800 } });
  let url = "", caught = [], mayAsk = new Set();
  const say = (what) => caught.push(what);
  await context.addInitScript(hooks);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  // What Playwright would call from the page is itself run by `eval`.
  await session.send("Runtime.enable");
  await session.send("Runtime.addBinding", { name: "hostileReport" });
  session.on("Runtime.bindingCalled", ({ payload }) => say(payload));
  await session.send("Debugger.enable");
  await session.send("Debugger.setSkipAllPauses", { skip: true });
  session.on("Debugger.scriptParsed", ({ url: from, startLine }) => {
    if (/^(https?|data|blob|about):/.test(from) && !from.startsWith("https://cdn.ampproject.org/")) say(`a script was read, line ${startLine + 1}`);
  });
  context.on("page", (other) => other !== page && (say(`opens a window: ${other.url()}`), other.close()));
  page.on("dialog", (dialog) => (say(`shows a dialog: ${dialog.message()}`), dialog.dismiss()));
  page.on("download", (download) => say(`downloads ${download.url()}`));
  page.on("worker", (worker) => say(`starts a worker: ${worker.url()}`));
  page.on("websocket", (socket) => say(`opens a socket: ${socket.url()}`));
  page.on("pageerror", (error) => say(`script error: ${error.message}`));
  page.on("console", (message) => {
    const isOfRequest = /^(Failed to load resource|Refused to|Access to)/.test(message.text());
    if (message.type() === "error" && !isOfRequest) say(`console: ${message.text()}`);
  });
  page.on("framenavigated", (frame) => {
    if (frame === page.mainFrame() && bare(frame.url()) !== url) say(`goes to ${frame.url()}`);
  });
  page.on("request", (request) => {
    requests += 1;
    const to = bare(request.url());
    const type = request.resourceType();
    if (URL.canParse(to)) asked.add(new URL(to).hostname);
    const isTop = request.isNavigationRequest() && request.frame() === page.mainFrame();
    if (isTop) return to === url || say(`goes to ${to}`);
    const { protocol, host, origin: there } = new URL(to);
    const isExpected = there === origin || (protocol === "https:" && (type === "image" ||
      (type === "document" && players.includes(host)) || (type === "script" && host === "cdn.ampproject.org")));
    if (!mayAsk.has(`${type} ${to}`) || !isExpected) say(`asks for the ${type} ${to}`);
  });
  return {
    async open(target, parsed, kind = "page") {
      url = target;
      caught = [];
      mayAsk = named(parsed, target);
      let isTainted = false;
      try {
        await page.goto(target, { waitUntil: "load", timeout: 30_000 });
        const given = JSON.stringify([players, base.origin, kind]).slice(1, -1);
        const { result, exceptionDetails } = await session.send("Runtime.evaluate",
          { expression: `(${inspect})(${given})`, awaitPromise: true, returnByValue: true });
        isTainted = caught.length > 0;
        if (exceptionDetails) say(`cannot be looked at: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
        else result.value.forEach(say);
      } catch (error) {
        isTainted = true;
        say(`cannot be opened: ${error.message.split("\n")[0]}`);
      }
      return { caught, isTainted };
    },
    close: () => context.close(),
  };
}

// ---- the traps themselves

const began = Date.now();
const isProven = new Array(traps.length).fill(false);
const trapPages = new Map(pages(made).map((page) => [page.file, page]));
{
  let { open, close } = await tab();
  for (const [at, [expected, html]] of traps.entries()) {
    const file = `.trap/${at}/index.html`;
    reached.clear();
    const { caught, isTainted } = await open(address(file), trapPages.get(file));
    for (let tries = 0; tries < 20 && !isProven[at]; tries += 1) {
      isProven[at] = [...caught, ...[...reached].map((host) => `reaches ${host}`)].some((what) => expected.test(what));
      if (!isProven[at]) await new Promise((later) => setTimeout(later, 25));
    }
    if (!isProven[at]) findings.push(["traps", `not caught by ${expected}: ${html} (but: ${[...new Set(caught)].join("; ")})`]);
    // What ran in one page shall not be put down to the next.
    if (isTainted) {
      await close();
      ({ open, close } = await tab());
    }
  }
  await close();
}
reached.clear();
asked.clear();

// ---- what feeds carry

const XML = ["http://www.w3.org/2005/Atom", "http://www.sitemaps.org/schemas/sitemap/0.9", "http://purl.org/dc/elements/1.1/",
  "http://www.google.com/schemas/sitemap-news/0.9", "http://www.w3.org/2000/xmlns/", "http://www.w3.org/XML/1998/namespace", null];
// Browsers show the XHTML in feeds, so that it has nothing but a line of text and a link.
const XHTML = ["<div>", "<p>", "<p lang>", "<a href>"];
const items = new Set();
{
  const page = await browser.newPage();
  const xml = files(folder).filter((file) => file.endsWith(".xml"));
  for (let at = 0; at < xml.length; at += 100) {
    const list = xml.slice(at, at + 100).map((file) => [file, readFileSync(join(folder, file), "utf8")]);
    const { told, html } = await page.evaluate(({ list, known, xhtml }) => {
      const told = [], html = [];
      for (const [file, text] of list) {
        const tree = new DOMParser().parseFromString(text, "text/xml");
        if (tree.doctype || tree.querySelector("parsererror")) told.push([file, "is no XML, or has a DOCTYPE"]);
        for (const element of tree.querySelectorAll("*")) {
          const isXhtml = element.namespaceURI === "http://www.w3.org/1999/xhtml" && element.closest("summary[type=xhtml]");
          const tag = `<${[element.localName, ...element.getAttributeNames().filter((name) => name !== "xmlns")].join(" ")}>`;
          if (isXhtml && xhtml.includes(tag) && /^(https?:|$)/.test(element.getAttribute("href") ?? "")) continue;
          for (const { namespaceURI, name } of [element, ...element.attributes])
            if (!known.includes(namespaceURI)) told.push([file, `${name ?? element.localName} of ${namespaceURI}`]);
          if (/^(item|entry)$/.test(element.parentNode.localName) && /^(summary|content|description|encoded)$/.test(element.localName))
            html.push(element.getAttribute("type") === "xhtml" ? element.innerHTML.replaceAll(' xmlns="http://www.w3.org/1999/xhtml"', "") : element.textContent);
          if (/^(link|url|loc|guid|uri|icon|logo)$/.test(element.localName)) {
            const link = element.getAttribute("href") ?? element.textContent;
            if (/:/.test(link) && !/^(https?:\/\/|urn:uuid:)/.test(link)) told.push([file, `${element.localName} leads to ${link}`]);
          }
        }
        const parts = document.evaluate.call(tree, "//processing-instruction()", tree, null, 6, null);
        for (let part = 0; part < parts.snapshotLength; part++) {
          const { target, data } = parts.snapshotItem(part);
          const isStylesheet = target === "xml-stylesheet" && /^type="text\/css" href="\/([^"?]*\/)?theme\/feed\.[0-9a-f]{16}\.css"$/.test(data);
          if (!isStylesheet || part > 0 || !/(atom|rss)\.xml$/.test(file)) told.push([file, `has a processing instruction: ${data}`]);
        }
      }
      return { told, html };
    }, { list, known: XML, xhtml: XHTML });
    findings.push(...told);
    for (const text of html) items.add(text);
  }
  await page.close();
  for (const file of files(folder).filter((file) => /feed\.json$/.test(file)))
    for (const item of JSON.parse(readFileSync(join(folder, file), "utf8")).items) items.add(item.content_html ?? "");
}
const texts = [...items];
for (let at = 0; at < texts.length; at += 100) {
  const file = join(made, `.feed/${at}/index.html`);
  mkdirSync(dirname(file), { recursive: true });
  const shown = texts.slice(at, at + 100).map((text) => `<article>${text}</article>`);
  writeFileSync(file, `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>x</title>${shown.join("\n")}`);
}
serve(made);

// ---- every page

// Texts are left out: a text that got out of its place would show as an element or as an attribute.
const addresses = new Set(["href", "src", "srcset", "action", "formaction", "poster", "data"]);
const textual = new Set(["alt", "title", "content", "datetime", "value", "id", "aria-label", "aria-labelledby", "width", "height", "data-by", "placeholder"]);
function look({ tag, attrs, parent }) {
  const value = (name, text) => {
    if (textual.has(name)) return "";
    if (!addresses.has(name)) return text;
    const url = URL.parse(text, base);
    return url && (url.origin === base.origin ? "site" : players.includes(url.host) ? url.host : url.protocol);
  };
  const own = Object.entries(attrs).map(([name, text]) => `${name}=${value(name, text)}`);
  return JSON.stringify([parent?.tag, parent?.attrs.class, tag, ...own]);
}

/** Pages that together have each look of an element, large pages first, which have most; and a sixth of the others. */
function sample(list) {
  const met = new Set();
  return list.toSorted((a, b) => b.elements.length - a.elements.length).filter(({ elements }, at) => {
    const before = met.size;
    for (const element of elements) met.add(look(element));
    return met.size > before || at % 6 === 0;
  });
}

const everyPage = [...pages(folder), ...pages(made).filter(({ file }) => file.startsWith(".feed/"))];
const queue = process.argv.includes("--long") ? [...everyPage] : sample(everyPage);
const count = queue.length, amp = queue.filter(isAmp).length;
requests = 0;
await Promise.all(Array.from({ length: 4 }, async () => {
  let { open, close } = await tab();
  for (let page; (page = queue.pop()); ) {
    const { caught, isTainted } = await open(address(page.file), page, page.file.startsWith(".feed/") ? "feed" : "page");
    findings.push(...caught.map((what) => [page.file, what]));
    // What ran in one page shall not be put down to the next.
    if (isTainted) {
      await close();
      ({ open, close } = await tab());
    }
  }
  await close();
}));
await browser.close();
server.close();
proxy.close();
// The browser asks its maker for things of its own.
for (const host of reached) if (!asked.has(host) && !/\.google(apis)?\.com$/.test(host)) findings.push(["site", `reaches ${host}, for which no page asked`]);

report("hostile", folder, findings,
  `${count} of ${everyPage.length} pages, ${amp} of them AMP, and ${texts.length} texts of feeds; ${requests} requests to ${asked.size} hosts; ` +
  `${isProven.filter(Boolean).length} of ${traps.length} traps proven; ${Math.round((Date.now() - began) / 1000)} s`);
process.exit();
