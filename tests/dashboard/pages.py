"""Opens every page of the dashboard in a browser: Chinese and English, light and dark, desktop and phone.

    python pages.py --url http://127.0.0.1:8080 --axe axe.min.js --screenshots FOLDER [--key cg_...] [--stage] [--short] [--limits]

Every file that a page offers is fetched, and each view is shown in a page of another address, by a token (`POST /embeds`).

It fails, with status 1 and a line per finding, on an error on the console, a defect of a page, a request that leaves the machine, a
finding of axe-core that is serious or critical, a page that scrolls sideways, a text that is missing in a language, or more than 1.5 MB of
files, compressed. It prints how long it takes until the overview of 341 cities is painted after a cold start, and until what-if answers;
with `--limits` it fails beyond 1.5 s and 100 ms, which says something on a machine that has nothing else to do, and of a release build.

`--stage` brings the service what there is to look at: 341 invented cities in two periods with an assessment, a benchmark, an analysis of
uncertainty, a gap analysis, a draft of a set, an open round, a goal plan, an import with faults and a map. It writes, so it is for a
service that goes away again, such as `citygauge demo`. The pages of an assessment are those of the one that the service had before, where
it had one; without `--stage` the pages show what the service has. `--short` takes four of the eight looks, which together open every page in
each language on each ground and at each size.

It needs Playwright from PyPI, Chromium (`--chromium`, `/usr/bin/chromium` unless given) with a font for Chinese, and `axe.min.js` of the
npm package axe-core. Screenshots are for people; look at them.
"""

import argparse
import gzip
import html
import http.server
import json
import pathlib
import random
import re
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request

from playwright.sync_api import sync_playwright

ASSETS = pathlib.Path(__file__).parents[2] / "api" / "src" / "dashboard" / "assets"
LIMIT_PAINT_MS, LIMIT_WHAT_IF_MS, LIMIT_BYTES = 1_500, 100, 1_500_000
CITIES, DRAGS = 341, 40
SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
# Each language on each ground, each language at each size, each ground at each size.
SHORT = {"zh-light-desktop", "zh-dark-phone", "en-light-phone", "en-dark-desktop"}
NARROWEST = {"width": 360, "height": 740}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--api", help="where the service itself is, when --url is a server for development before it")
    parser.add_argument("--key", default="")
    parser.add_argument("--axe", type=pathlib.Path, required=True)
    parser.add_argument("--screenshots", type=pathlib.Path)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--stage", action="store_true")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--limits", action="store_true")
    parser.add_argument("--only", default="", help="a part of the names of the pages to open")
    parser.add_argument("--looks", default="", help="a regular expression of the looks, such as zh-dark-phone")
    parser.add_argument("--tolerate", default="", help="a regular expression of addresses that may answer with an error")
    return parser.parse_args()


class Service:
    """The API, as far as this test needs it."""

    def __init__(self, base, key):
        self.root, self.key = f"{base}/api/v1", key

    def ask(self, method, path, value=None, *, body=None, content_type="application/json", tag=None, missing=None):
        data = json.dumps(value).encode() if value is not None else body
        request = urllib.request.Request(self.root + path, data=data, method=method)
        if data is not None:
            request.add_header("Content-Type", content_type)
        if self.key:
            request.add_header("Authorization", f"Bearer {self.key}")
        if tag is not None:
            request.add_header("If-Match", tag)
        try:
            with urllib.request.urlopen(request) as answer:
                text = answer.read()
                return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            if missing is not None and error.code in missing:
                return None
            raise SystemExit(f"{method} {path}: {error.code} {error.read().decode()[:2000]}") from error

    def get(self, path, **options):
        return self.ask("GET", path, **options)

    def tag(self, path):
        """The ETag of something that is to be changed."""
        request = urllib.request.Request(self.root + path, headers={"Authorization": f"Bearer {self.key}"} if self.key else {})
        with urllib.request.urlopen(request) as answer:
            return answer.headers["ETag"]

    def wait(self, job):
        while (found := self.get(f"/jobs/{job}?wait=30s"))["state"] in {"queued", "running"}:
            pass
        return found


def quoted(code):
    return urllib.parse.quote(code, safe="")


# What there is to look at.

def value_of(item, chance):
    """An invented value that the item accepts."""
    kind = item.get("kind", "amount")
    if kind == "boolean":
        return "true" if chance.random() < 0.7 else "false"
    if kind == "choice":
        return chance.choice(item["options"])
    low, high = item.get("min", 0), item.get("max", item.get("min", 0) + 100)
    value = low + (high - low) * min(1, max(0, chance.gauss(0.62, 0.2)))
    return str(round(value)) if kind == "count" else f"{value:.2f}"


def observations(document, cities, periods, chance):
    """A file of invented observations, with gaps."""
    codes = [item["code"] for item in document["items"]]
    lines = [",".join(["city", "period", *codes])]
    for city in cities:
        for period in periods:
            cells = ["" if chance.random() < 0.04 else value_of(item, chance) for item in document["items"]]
            lines.append(",".join([city, period, *cells]))
    return "\n".join(lines).encode()


def imported(service, query, body):
    made = service.ask("POST", f"/imports?{urllib.parse.urlencode(query)}", body=body, content_type="text/csv")
    service.wait(made["job"])
    return service.get(f"/imports/{made['id']}")


def stage(service):
    chance = random.Random(36333)
    document = service.get("/indicator-sets/catalog/gbt-33356-2016")
    code, version = document["code"], document["version"]
    service.ask("POST", "/indicator-sets", document, missing={409})
    service.ask("POST", f"/indicator-sets/{code}/versions/{version}/publish", missing={409})
    service.ask("POST", "/indicator-sets", {**document, "version": "draft"}, missing={409})

    cities, periods = [f"T-{place:03}" for place in range(1, CITIES + 1)], ["2025", "2026"]
    regions = ["north", "south", "east", "west"]
    register = ["code,name,name_zh,region"] + [f"{city},Test city {city[2:]},测试市{city[2:]},{chance.choice(regions)}" for city in cities]
    kept = imported(service, {"kind": "cities"}, "\n".join(register).encode())
    assert kept["state"] == "succeeded", kept
    ref = {"set_code": code, "set_version": version}
    kept = imported(service, {"kind": "observations", **ref}, observations(document, cities, periods, chance))
    assert kept["state"] == "succeeded", kept
    imported(service, {"kind": "observations", "mode": "validate", "file_name": "faulty.csv", **ref},
             b"city,period,item,value\nT-001,2026,service_items,many\nNOWHERE,2026,service_items,5\nT-002,2026,unknown,1\n")

    asked = service.ask("POST", "/assessments", {"set": {"code": code, "version": version}, "periods": periods, "cohort": cities})
    assert service.wait(asked["job"])["state"] == "succeeded"
    assessment = asked["id"]
    analysis = service.ask("POST", f"/assessments/{assessment}/uncertainty", {"replications": 100, "seed": 7})
    service.wait(analysis["job"])
    service.ask("POST", "/gap-analyses", {"assessment": assessment, "city": "T-001", "against": "peer_top_quartile"})
    service.ask("PUT", "/benchmarks/test-yearly", {"title_zh": "年度", "title_en": "Yearly", "editions": [
        {"period": period, "assessment": assessment} for period in periods]}, missing={409, 412, 428})
    service.ask("PUT", "/rounds/test-round", {
        "title_zh": "测试批次", "title_en": "Test round", "set": {"code": code, "version": version}, "periods": ["2026"],
        "cohort": cities[:12], "due_at": "2026-06-30T16:00:00Z", "closes_at": "2026-07-31T16:00:00Z"}, missing={409, 412, 428})
    service.ask("POST", "/rounds/test-round/open", tag=service.tag("/rounds/test-round"), missing={409})
    indicators = [node["code"] for node in document["nodes"] if node.get("indicator")][:3]
    projects = [{"code": f"p{place}", "title": {"zh": f"项目{place}", "en": f"Project {place}"}, "urgency": 3, "difficulty": 2, "cost": 10.0 * place,
                 "duration_years": 1, **({"depends_on": ["p1"]} if place == 2 else {}),
                 "effects": [{"node": code, "change": 1.0}]} for place, code in enumerate(indicators, 1)]
    roadmap = {"title": {"zh": "试验路线图", "en": "Test roadmap"}, "assessment": assessment, "city": "T-001", "first_year": 2027, "years": 3,
               "budget": 40, "unit": "million yuan", "projects": projects}
    service.ask("POST", "/roadmaps", roadmap)
    proposal = {"assessment": assessment, "city": "T-001", "by": "2030", "ambition": "score:85", "code": "test-plan", "keep": True}
    service.ask("POST", "/goal-plans/propose", proposal, missing={400, 409, 422})
    square = lambda x, y: [[[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1], [x, y]]]
    shapes = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"adcode": city}, "geometry": {"type": "Polygon", "coordinates": square(place % 20, place // 20)}}
        for place, city in enumerate(cities)]}
    query = urllib.parse.urlencode({"approval_number": "测试（2026）0000号", "key": "adcode", "title_zh": "测试方格", "title_en": "Test squares"})
    service.ask("PUT", f"/maps/test-squares?{query}", body=json.dumps(shapes).encode(), content_type="application/geo+json", missing={404})


# The pages.

def newest(service):
    """The newest assessment with a result, if there is one."""
    assessments = [one["id"] for one in service.get("/assessments?limit=20")["items"] if one["state"] == "succeeded"]
    return assessments[0] if assessments else None


def pages_of(service, own):
    """The name and the path of every page that the service has something for; those of an assessment are about `own`."""
    pages = {"home": "/"}
    if own:
        ranking = service.get(f"/assessments/{own}/ranking?limit=1000")["items"]
        staged = [row["city"] for row in ranking if row["city"] == "T-001"]
        city = staged[0] if staged else ranking[len(ranking) // 2]["city"]
        card = service.get(f"/assessments/{own}/cities/{quoted(city)}")
        parents = {node.get("parent") for node in card["nodes"]}
        leaf = next(node["node"] for node in card["nodes"] if node["node"] not in parents)
        inner = next(node["node"] for node in card["nodes"] if node.get("depth") == 1)
        base = f"/assessments/{own}"
        three = ",".join(quoted(row["city"]) for row in ranking[:3])
        pages |= {f"overview-{view}": f"{base}?view={view}" for view in ["tiles", "heatmap", "distribution", "statistics"]}
        if (service.get("/maps", missing={404}) or {}).get("items"):
            pages["overview-map"] = f"{base}?view=map"
        pages |= {
            "city": f"{base}/cities/{quoted(city)}", "what-if": f"{base}/cities/{quoted(city)}/what-if",
            "compare": f"{base}/compare?cities={three}", "indicator": f"{base}/nodes/{quoted(leaf)}", "node": f"{base}/nodes/{quoted(inner)}",
        }
    pages |= {f"gap-analysis-{place}": f"/gap-analyses/{one['id']}" for place, one in enumerate(service.get("/gap-analyses")["items"][:1])}
    pages |= {f"roadmap-{place}": f"/roadmaps/{one['id']}" for place, one in enumerate(service.get("/roadmaps")["items"][:1])}
    pages |= {"rounds": "/rounds", "goal-plans": "/goal-plans", "imports": "/imports", "sets": "/sets", "maps": "/maps", "missing": "/nowhere"}
    pages |= {f"round-{one['code']}": f"/rounds/{quoted(one['code'])}" for one in service.get("/rounds")["items"][:2]}
    pages |= {f"goal-plan-{one['code']}": f"/goal-plans/{quoted(one['code'])}" for one in service.get("/goal-plans")["items"][:2]}
    pages |= {f"import-{place}": f"/imports/{one['id']}" for place, one in enumerate(service.get("/imports")["items"][:3])}
    sets = service.get("/indicator-sets")["items"]
    pages |= {f"set-{one['code']}": f"/sets/{quoted(one['code'])}/{quoted(one['version'])}" for one in sets[:1]}
    drafts = [one for one in sets if one["state"] == "draft"][:1]
    for one in drafts:
        pages |= {f"editor-{view}": f"/sets/{quoted(one['code'])}/{quoted(one['version'])}/edit?view={view}" for view in ["json", "form"]}
    return pages


class Visit:
    """A browser with one language, theme and size, and what went wrong in it."""

    def __init__(self, browser, options, lang, theme, size):
        self.options, self.name = options, f"{lang}-{theme}-{size}"
        self.faults = []
        self.context = browser.new_context(viewport=SIZES.get(size, NARROWEST), color_scheme=theme, locale="zh-CN" if lang == "zh" else "en-GB",
                                           has_touch=size != "desktop", is_mobile=size != "desktop")
        if options.key:
            self.context.add_init_script(f"sessionStorage.setItem('citygauge.key', {json.dumps(options.key)})")
        self.page = self.context.new_page()
        self.where = ""
        own = urllib.parse.urlsplit(options.url).netloc
        self.page.on("console", lambda message: self.console(message))
        self.page.on("pageerror", lambda error: self.fault(f"defect: {error}"))
        self.neighbours = set()
        self.page.on("request", lambda request: self.leaves(request.url, {own, *self.neighbours}))

    def fault(self, text):
        self.faults.append(f"{self.name} {self.where}: {text}")

    def console(self, message):
        place = message.location.get("url", "")
        if message.type == "error" and not (self.options.tolerate and re.search(self.options.tolerate, place)):
            self.fault(f"console: {message.text} {place}")

    def leaves(self, url, known):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc not in known:
            self.fault(f"leaves the machine: {url}")

    def open(self, name, path):
        self.where = name
        self.page.goto("about:blank")
        self.page.goto(f"{self.options.url}/#{path}", wait_until="load")
        self.settle()

    def settle(self):
        """Waits until nothing is on its way any more, and until charts have stopped moving."""
        self.page.wait_for_selector("main h1", timeout=20_000, state="attached")
        self.page.wait_for_function("() => !document.querySelector('p.waiting[role=status], main [aria-busy=true]')", timeout=30_000)
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_timeout(350)

    def examine(self, name, axe, whole=True):
        self.where = name
        if self.options.screenshots:
            self.page.screenshot(path=self.options.screenshots / f"{name}-{self.name}.png", full_page=whole)
        wide = self.page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            self.fault(f"scrolls sideways by {wide} px")
        self.page.evaluate(axe)
        found = self.page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        for violation in found["violations"]:
            if violation["impact"] in {"serious", "critical"}:
                places = "; ".join(" ".join(map(str, node["target"])) for node in violation["nodes"][:3])
                self.fault(f"axe {violation['impact']} {violation['id']} ({len(violation['nodes'])}): {places}")

    def close(self):
        self.context.close()


def explained(visit, path, axe):
    """The explain drawer, from the total down to an indicator and its item, and back to where it was opened."""
    visit.open("city", path)
    visit.where = "explain"
    opener = visit.page.locator("table.tree tbody td:last-child button").nth(1)
    opener.click()
    visit.settle()
    while (below := visit.page.locator("dialog[open] table button.plain")).count() > 0:
        below.first.click()
        visit.settle()
    visit.page.locator("dialog[open] details.item summary").first.click()
    visit.settle()
    visit.examine("explain", axe, whole=False)
    visit.page.keyboard.press("Escape")
    if visit.page.locator("dialog[open]").count() > 0:
        visit.fault("Escape does not close the drawer")


def embedded(browser, options, service, pages):
    """Every page that only shows something, in the page of somebody else: framed by the one that it was made for, and by nobody else."""
    shown = {name: path for name, path in pages.items() if name != "missing" and not name.startswith("editor")}
    parent, stranger = Parent(), Parent()
    visit = Visit(browser, options, "en", "light", "desktop")
    visit.neighbours = {parent.place, stranger.place}
    for name, path in shown.items():
        visit.where = f"embed {name}"
        made = service.ask("POST", "/embeds", {"view": path, "parents": [parent.address], "minutes": 5})
        parent.shown = f"{options.url}{made['address']}&lang=en&theme=light"
        visit.page.goto(parent.address)
        view = visit.page.frame_locator("iframe")
        try:
            view.locator("main.embedded h1").wait_for(timeout=20_000, state="attached")
            visit.page.wait_for_load_state("networkidle")
            visit.page.wait_for_timeout(200)
        except Exception as error:  # noqa: BLE001: one view that hangs must not hide the others
            visit.fault(f"not shown: {str(error).splitlines()[0]}")
            continue
        for what, found in {"a problem": ".problem[role=alert]", "a link to another page": "a[href^='#']", "a form": "form"}.items():
            if view.locator(found).count() > 0:
                visit.fault(f"shows {what}")
        if options.screenshots:
            visit.page.screenshot(path=options.screenshots / f"embed-{name}.png")
    faults = list(visit.faults)
    visit.faults.clear()
    # The page that it was not made for gets an empty frame, and the browser says why on its console.
    visit.where, stranger.shown = "embed in a stranger's page", parent.shown
    visit.page.goto(stranger.address)
    visit.page.wait_for_timeout(500)
    if visit.page.frame_locator("iframe").locator("main").count() > 0:
        faults.append(f"{visit.where}: is shown")
    if not any("frame-ancestors" in fault for fault in visit.faults):
        faults.append(f"{visit.where}: the browser was told of no frame-ancestors")
    visit.close()
    for one in (parent, stranger):
        one.close()
    print(f"embeds: {len(shown)} views, {len(faults)} findings", flush=True)
    return faults


class Parent:
    """A page of somebody else, on an address of its own, that frames what `shown` says."""

    def __init__(self):
        owner = self

        class Page(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802: the name is the library's
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                if self.path == "/":
                    frame = f'<iframe src="{html.escape(owner.shown)}" width="1200" height="760" title="A view"></iframe>'
                    self.wfile.write(f"<!doctype html><title>Parent</title><link rel=icon href=data:,>{frame}".encode())

            def log_message(self, *_):
                pass

        self.shown = ""
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
        self.place = f"127.0.0.1:{self.server.server_port}"
        self.address = f"http://{self.place}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()


def fetched(browser, options, pages):
    """Every file that a page offers is there: each button is pressed, and something is downloaded."""
    visit, number = Visit(browser, options, "en", "light", "desktop"), 0
    for name, path in pages.items():
        visit.open(name, path)
        buttons = visit.page.locator("main .files button")
        for place in range(buttons.count()):
            button = buttons.nth(place)
            number += 1
            try:
                with visit.page.expect_download(timeout=20_000) as kept:
                    button.click()
                if kept.value.path().stat().st_size == 0:
                    visit.fault(f"{button.inner_text()} is empty")
            except Exception as error:  # noqa: BLE001: one file that is missing must not hide the others
                told = " ".join(visit.page.locator("main .files .problem").all_inner_texts())
                visit.fault(f"{button.inner_text()} is not there: {told or str(error).splitlines()[0]}")
    visit.close()
    print(f"files: {number} offered, {len(visit.faults)} findings", flush=True)
    return visit.faults


def painted(browser, options):
    """Milliseconds from the start of the page, with nothing cached, until the ranking of all cities is on the screen."""
    context = browser.new_context(viewport=SIZES["desktop"], locale="en-GB")
    if options.key:
        context.add_init_script(f"sessionStorage.setItem('citygauge.key', {json.dumps(options.key)})")
    context.add_init_script("""
        new MutationObserver((_, observer) => {
          const rows = document.querySelectorAll('main table.sorted tbody tr').length;
          if (rows === 0) return;
          observer.disconnect();
          requestAnimationFrame(() => requestAnimationFrame(() => { window.painted = { at: performance.now(), rows }; }));
        }).observe(document, { childList: true, subtree: true });""")
    page = context.new_page()
    page.goto(f"{options.url}/#/")
    result = page.wait_for_function("() => window.painted", timeout=30_000).json_value()
    context.close()
    return result["at"], result["rows"]


def dragged(visit, path):
    """Milliseconds from a wish to its answer on the page, while a slider is dragged."""
    visit.open("what-if", path)
    visit.page.evaluate("""async (drags) => {
        const slider = document.querySelector('.lever input[type=range]');
        const [low, high] = [Number(slider.min), Number(slider.max)];
        for (let step = 0; step <= drags; step += 1) {
          slider.value = String(low + (high - low) * step / drags);
          slider.dispatchEvent(new Event('input', { bubbles: true }));
          await new Promise((resolve) => setTimeout(resolve, 30));
        }
        await new Promise((resolve) => setTimeout(resolve, 1500));
    }""", DRAGS)
    return sorted(visit.page.evaluate("() => performance.getEntriesByName('what-if').map((entry) => entry.duration)"))


def weight():
    """Bytes of the dashboard's files, each compressed."""
    files = [file for file in ASSETS.rglob("*") if file.is_file()]
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in files), len(files)


def texts():
    """Every text that a module asks for is there, and in both languages."""
    source = (ASSETS / "js" / "text.js").read_text()
    pairs = re.findall(r"^  '([^']+)': \[\s*'((?:[^'\\]|\\.)*)',\s*'((?:[^'\\]|\\.)*)',?\s*\],", source, re.M)
    known = {key for key, _, _ in pairs}
    declared = set(re.findall(r"^  '([^']+)': \[", source, re.M))
    faults = [f"text {key} is not in both languages" for key in declared - known]
    faults += [f"text {key} is empty" for key, *both in pairs if not all(both)]
    for file in (ASSETS / "js").rglob("*.js"):
        for key in re.findall(r"\bt\('([^']+)'", file.read_text()):
            if key not in known:
                faults.append(f"{file.name}: there is no text {key}")
    return faults


def main():
    options = arguments()
    service = Service(options.api or options.url, options.key)
    own = newest(service)
    if options.stage:
        stage(service)
    if options.screenshots:
        options.screenshots.mkdir(parents=True, exist_ok=True)
    axe = options.axe.read_text()
    pages = pages_of(service, own or newest(service))
    wanted = {name: path for name, path in pages.items() if options.only in name}
    faults = texts()

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox"])
        for lang in ["zh", "en"]:
            for theme in ["light", "dark"]:
                for size in SIZES:
                    look = f"{lang}-{theme}-{size}"
                    if not re.search(options.looks, look) or (options.short and look not in SHORT):
                        continue
                    visit = Visit(browser, options, lang, theme, size)
                    for name, path in wanted.items():
                        try:
                            visit.open(name, path)
                            visit.examine(name, axe)
                        except Exception as error:  # noqa: BLE001: one page that hangs must not hide the others
                            visit.fault(f"not opened: {str(error).splitlines()[0]}")
                    if "city" in wanted:
                        explained(visit, wanted["city"], axe)
                    faults += visit.faults
                    visit.close()
                    print(f"{visit.name}: {len(wanted)} pages, {len(visit.faults)} findings", flush=True)

        narrow = Visit(browser, options, "en", "light", "narrow")
        for name, path in wanted.items():
            narrow.open(name, path)
            if narrow.page.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                narrow.fault("scrolls sideways at 360 px")
        faults += narrow.faults
        narrow.close()

        faults += fetched(browser, options, wanted)
        faults += embedded(browser, options, service, wanted)

        times = [painted(browser, options) for _ in range(3)]
        milliseconds, rows = sorted(times)[1]
        print(f"overview: {rows} cities painted after {milliseconds:.0f} ms (median of 3 cold starts)")
        if options.limits and milliseconds > LIMIT_PAINT_MS:
            faults.append(f"the overview is painted after {milliseconds:.0f} ms")
        if "what-if" in pages:
            visit = Visit(browser, options, "en", "light", "desktop")
            spans = dragged(visit, pages["what-if"])
            visit.close()
            middle, worst = spans[len(spans) // 2], spans[int(len(spans) * 0.95)]
            print(f"what-if: {len(spans)} answers, median {middle:.0f} ms, 95 % within {worst:.0f} ms")
            if options.limits and worst > LIMIT_WHAT_IF_MS:
                faults.append(f"what-if takes {worst:.0f} ms")
        browser.close()

    size, files = weight()
    print(f"assets: {files} files, {size / 1e6:.3f} MB compressed")
    if size > LIMIT_BYTES:
        faults.append(f"the assets weigh {size} bytes")
    print("\n".join(dict.fromkeys(faults)) or "no findings")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
