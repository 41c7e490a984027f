#!/usr/bin/env python3
"""Makes a corpus of curated articles, the same for newsgen and for Hugo.

    corpus.py FOLDER --articles 10000 [--seed 1] [--for newsgen|hugo]

The documents go to FOLDER/content/news/YYYY/MM/. The same seed and number give the same
articles for both; only the names of some keys differ. Topics and providers are chosen as
readers know them: few have most of the articles.
"""
import argparse
import datetime
import itertools
import json
import os
import random

NOUNS = """bridge harbour ferry orchard museum archive glacier turbine tram beacon quarry lighthouse
market council tunnel canal library forest meadow station reservoir observatory workshop bakery
airport clinic laboratory newsroom parliament satellite telescope vineyard theatre stadium""".split()
VERBS = """opens closes tests plans delays rebuilds measures questions approves rejects repairs
welcomes studies funds maps counts prints ships trains hires audits explains""".split()
ADJECTIVES = """quiet northern early late public wooden electric hidden narrow open shared slow
second careful modern coastal winter solar local heavy bright""".split()
RARE = ["Zürich", "Malmö", "façade", "“first”", "it’s", "R&D", "<draft>", "Łódź", "大阪", "ქალაქი", "40%", "#7"]
TOPICS = ["Trains", "Trains at Night", "Rivers", "C++", "C#", ".NET", "Q&A", "Élections", "天文", "AC/DC", "6G"]
KINDS = ["Gazette", "Courier", "Herald", "Review", "Letter", "Record"]
LAST_DAY = datetime.datetime(2026, 11, 1, tzinfo=datetime.timezone.utc)
MINUTES = 2 * 365 * 24 * 60
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class Chooser:
    """Chooses among `items`, each half as often as one of half its rank."""

    def __init__(self, items):
        self.items = items
        self.weights = list(itertools.accumulate(1 / rank for rank in range(1, len(items) + 1)))

    def choose(self, rng):
        return rng.choices(self.items, cum_weights=self.weights)[0]


class Writer:
    """Invents texts."""

    def __init__(self, rng):
        self.rng = rng

    def words(self, low, high):
        rng = self.rng
        words = [rng.choice(rng.choice((NOUNS, VERBS, ADJECTIVES))) for _ in range(rng.randint(low, high))]
        if rng.random() < 0.15:
            words[rng.randrange(len(words))] = rng.choice(RARE)
        text = " ".join(words)
        return text[0].upper() + text[1:]

    def paragraph(self):
        return " ".join(self.words(8, 18) + "." for _ in range(self.rng.randint(2, 5)))

    def body(self):
        rng, richness = self.rng, self.rng.random()
        if richness < 0.35:
            return ""
        blocks = [self.paragraph() for _ in range(rng.randint(1, 4))]
        if richness > 0.6:
            blocks.insert(1, "## " + self.words(2, 5))
            links = [f"- [{self.words(2, 4)}](https://links.example/{rng.randrange(10**6)})" for _ in range(3)]
            blocks.append("\n".join(links))
        if richness > 0.8:
            blocks.append("> " + self.words(8, 16))
            blocks.append("| year | count |\n|---|---|\n| 2026 | **12** |")
        return "\n\n".join(blocks) + "\n"


def ascii_slug(text):
    parts = "".join(c if c.isascii() and c.isalnum() else " " for c in text.lower()).split()
    return "-".join(parts)[:60].strip("-")


def articles(count, seed):
    """The articles, oldest first."""
    rng = random.Random(seed)
    writer = Writer(rng)
    many = int(count**0.5)
    topics = TOPICS + [f"{rng.choice(NOUNS).title()} {number}" for number in range(max(2, min(400, many) - len(TOPICS)))]
    names = [f"{rng.choice(NOUNS).title()} {rng.choice(KINDS)} {number}" for number in range(max(10, min(1500, 3 * many // 2)))]
    providers = [{"name": name, "domain": ascii_slug(name) + ".example"} for name in names]
    topic_chooser, provider_chooser = Chooser(topics), Chooser(providers)
    recent = []

    def images(domain, counts):
        return [
            {
                "url": f"https://pictures.{domain}/{rng.randrange(10**9)}.jpg",
                "width": rng.choice((640, 1024, 1200, 1600)),
                "height": rng.choice((360, 576, 630, 900)),
                "isCached": rng.random() < 0.7,
            }
            for _ in range(rng.choice(counts))
        ]

    def reference(title, provider, when, path):
        return {
            "title": title,
            "excerpt": writer.words(15, 30) + ".",
            "publishedDateTime": when,
            "webUrl": f"https://www.{provider['domain']}/{path}",
            "provider": provider,
            "quality": rng.randrange(100),
            "images": images(provider["domain"], (0, 1, 1, 1, 2)),
        }

    for number in range(count):
        age = MINUTES * (count - number) // count
        when = LAST_DAY - datetime.timedelta(minutes=age - rng.randrange(20))
        provider = provider_chooser.choose(rng)
        title = writer.words(5, 12)
        slug = f"{ascii_slug(title)}-{number}"
        article = reference(title, provider, when, f"{when:%Y/%m}/{slug}")
        related = []
        for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
            if recent and rng.random() < 0.6:
                related.append(rng.choice(recent))
            else:
                day_before = when - datetime.timedelta(days=1)
                path = f"elsewhere/{rng.randrange(10**9)}"
                related.append(reference(writer.words(5, 12), provider_chooser.choose(rng), day_before, path))
        recent = (recent + [article])[-200:]
        yield article | {
            "slug": slug,
            "has_amp": rng.random() < 0.4,
            "heat": rng.choice((-1, -1, rng.randrange(500))),
            "published": rng.random() >= 0.05,
            "topics": list(dict.fromkeys(topic_chooser.choose(rng) for _ in range(rng.choice((1, 1, 2, 2, 3, 4))))),
            "related": related,
            "secured": "".join(rng.choices(LETTERS, k=386)) if rng.random() < 0.3 else None,
            "body": writer.body(),
        }


def quoted(text):
    """A double-quoted scalar: the escapes of JSON are escapes of YAML."""
    return json.dumps(text, ensure_ascii=False)


def provider_lines(provider):
    return ["provider:", f"  name: {quoted(provider['name'])}", f"  domain: {provider['domain']}"]


def image_lines(images):
    lines = ["images:"] if images else []
    for image in images:
        lines += [f"  - url: {quoted(image['url'])}", f"    width: {image['width']}"]
        lines += [f"    height: {image['height']}", f"    isCached: {str(image['isCached']).lower()}"]
    return lines


def related_lines(related):
    lines = ["related:"] if related else []
    for item in related:
        own = [f"title: {quoted(item['title'])}", f"excerpt: {quoted(item['excerpt'])}"]
        own += [f"publishedDateTime: {item['publishedDateTime']:%Y-%m-%dT%H:%M:%SZ}", f"webUrl: {quoted(item['webUrl'])}"]
        own += ["type: article", *provider_lines(item["provider"]), f"quality: {item['quality']}", *image_lines(item["images"])]
        lines += [("  - " if index == 0 else "    ") + line for index, line in enumerate(own)]
    return lines


def document(article, generator):
    """The text of an article's file."""
    is_hugo = generator == "hugo"
    provider, url = article["provider"], article["webUrl"]
    lines = ["---", "category: news", f"title: {quoted(article['title'])}", f"excerpt: {quoted(article['excerpt'])}"]
    lines.append(f"{'date' if is_hugo else 'publishedDateTime'}: {article['publishedDateTime']:%Y-%m-%dT%H:%M:%SZ}")
    lines += [f"originalUrl: {quoted(url)}", f"webUrl: {quoted(url)}"]
    if article["has_amp"]:
        host, slug = f"www.{provider['domain']}", article["slug"]
        cache = host.replace("-", "--").replace(".", "-") + ".cdn.ampproject.org"
        lines.append(f"ampWebUrl: {quoted(f'https://{host}/amp/{slug}')}")
        lines.append(f"cdnAmpWebUrl: {quoted(f'https://{cache}/c/s/{host}/amp/{slug}')}")
    lines += [f"{'kind' if is_hugo else 'type'}: article", f"quality: {article['quality']}", f"heat: {article['heat']}"]
    if is_hugo:
        lines += [f"draft: {str(not article['published']).lower()}", f"providers: [{quoted(provider['name'])}]"]
    else:
        lines.append(f"published: {str(article['published']).lower()}")
    lines += provider_lines(provider)
    blocks = [["topics:", *(f"  - {quoted(topic)}" for topic in article["topics"])]]
    blocks += [image_lines(article["images"]), related_lines(article["related"])]
    blocks.append([f"secured: {quoted(article['secured'])}"] if article["secured"] else [])
    for block in filter(None, blocks):
        lines += ["", *block]
    return "\n".join([*lines, "---", "", article["body"]])


def write(folder, count, seed, generator):
    for article in articles(count, seed):
        month = os.path.join(folder, "content", "news", f"{article['publishedDateTime']:%Y}", f"{article['publishedDateTime']:%m}")
        os.makedirs(month, exist_ok=True)
        with open(os.path.join(month, article["slug"] + ".md"), "w", encoding="utf-8") as file:
            file.write(document(article, generator))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--articles", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--for", dest="generator", choices=["newsgen", "hugo"], default="newsgen")
    options = parser.parse_args()
    write(options.folder, options.articles, options.seed, options.generator)
