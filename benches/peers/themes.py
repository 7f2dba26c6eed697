"""The templates of the made-up clinic: one skeleton of HTML, in Hugo's dialect and in Galen's."""
import os, re
from gen import SECTIONS, sec_title

def w(out, path, text):
    path = os.path.join(out, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as fh: fh.write(text)

def files(out, css, images):
    w(out, css + "/site.css", "\n".join(".c%03d { margin: %dpx; padding: 4px 8px; color: #%06x; }" % (i, i % 9, i * 7919) for i in range(300)))
    for i in range(20):
        w(out, images + "/fig-%02d.svg" % i, '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">' + "".join('<circle cx="%d" cy="%d" r="3"/>' % (k, (k * i) % 100) for k in range(60)) + "</svg>")

ICON = '<svg class="icon" viewBox="0 0 24 24" width="18" height="18" aria-hidden="true"><path d="M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm1 15h-2v-6h2v6zm0-8h-2V7h2v2z"></path></svg>'
STYLE = """    <style>
      :root { --brand: #0b6e75; --ink: #1c2b33; --soft: #f3f7f8; --radius: 8px; }
      *, *::before, *::after { box-sizing: border-box; }
      body { margin: 0; font-family: system-ui, -apple-system, "Segoe UI", sans-serif; color: var(--ink); line-height: 1.6; }
      .site-header { display: flex; align-items: center; justify-content: space-between; padding: 12px 24px; background: var(--soft); }
      .site-header nav ul { display: flex; gap: 16px; list-style: none; margin: 0; padding: 0; }
      .guide { max-width: 720px; margin: 0 auto; padding: 24px; }
      .toc { border-left: 4px solid var(--brand); padding-left: 16px; }
      @media (max-width: 640px) { .site-header { flex-direction: column; } .site-header nav ul { flex-wrap: wrap; } }
    </style>
"""
SCRIPT = """    <script>
      // Toggle the mobile menu and remember the choice
      (function () {
        var button = document.querySelector('.menu-toggle');
        var nav = document.getElementById('site-nav');
        if (!button || !nav) { return; }
        button.addEventListener('click', function () {
          var open = nav.classList.toggle('open');
          button.setAttribute('aria-expanded', open ? 'true' : 'false');
        });
      })();
    </script>
"""
SERVICES = ["Same-day appointments", "Vaccinations", "Blood tests", "Travel health", "Minor surgery", "Home visits", "Telehealth",
 "Repeat prescriptions", "Sick notes", "Health checks", "Smoking clinic", "Sports medicine"]
def footer():
    o = ['    <footer class="site-footer">', '      <div class="grid">', '        <section aria-labelledby="svc">', '          <h2 id="svc">Our services</h2>', '          <ul>']
    for s in SERVICES:
        o.append('            <li>\n              <a class="footer-link" href="/%s/">\n                %s\n                <span>%s</span>\n              </a>\n            </li>' % (SECTIONS[SERVICES.index(s) % len(SECTIONS)], ICON if SERVICES.index(s) % 4 == 0 else '<i class="dot"></i>', s))
    o += ['          </ul>', '        </section>', '        <section aria-labelledby="hours">', '          <h2 id="hours">Opening hours</h2>', '          <table>', '            <tbody>']
    for d in "Monday Tuesday Wednesday Thursday Friday Saturday".split():
        o.append('              <tr>\n                <th scope="row">%s</th>\n                <td>08:00 &ndash; 18:00</td>\n              </tr>' % d)
    o += ['            </tbody>', '          </table>', '        </section>', '        <section aria-labelledby="visit">', '          <h2 id="visit">Visit us</h2>',
          '          <address>', '            Galen Family Clinic<br>', '            12 Harbour Street<br>', '            Old Town 10115', '          </address>',
          '          <p>Call <a href="tel:+15550100">+1 555 0100</a> or <a href="mailto:hello@clinic.example.org">write to us</a>.</p>',
          '        </section>', '      </div>', '      <!-- small print -->', '      <p class="legal">The information on this site does not replace the advice of a doctor. In an emergency call 112.</p>',
          '      <p class="legal">&copy; 2015&ndash;2026 Galen Family Clinic. All rights reserved.</p>', '    </footer>']
    return "\n".join(o) + "\n"
# The skeleton; [[x]] are holes that each dialect fills.
HEAD = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>[[title]] | Galen Family Clinic</title>
    <meta name="description" content="[[desc]]">
    <link rel="canonical" href="[[permalink]]">
    <meta property="og:title" content="[[title]]">
    <meta property="og:description" content="[[desc]]">
    <meta property="og:url" content="[[permalink]]">
    <meta property="og:type" content="article">
    <link rel="alternate" type="application/rss+xml" href="/index.xml">
    <link rel="stylesheet" href="/site.css">
""" + STYLE + """[[headblock]]  </head>
"""
HEADER = """    <a class="skip" href="#main">Skip to content</a>
    <header class="site-header">
      <a class="logo" href="/">
        """ + ICON + """
        <span>Galen Family Clinic</span>
      </a>
      <button class="menu-toggle" type="button" aria-expanded="false" aria-controls="site-nav">Menu</button>
      <nav id="site-nav" aria-label="Main">
        <ul>
[[navloop]]          <li><a href="/tags/">Topics</a></li>
          <li><a href="/tags/">Contact</a></li>
        </ul>
      </nav>
    </header>
"""
NAVITEM = """          <li class="nav-item">
            <a class="nav-link[[active]]" href="/[[s]]/">
              """ + ICON + """
              <span>[[st]]</span>
            </a>
          </li>
"""
CARD = """          <li class="card">
            <a href="[[purl]]">[[ptitle]]</a>
            <time datetime="[[pdate]]">[[pdate]]</time>
            <p>[[pdesc]]</p>
          </li>
"""
PAGE = """    <main id="main" class="guide">
      <article>
        <header>
          <h1>[[title]]</h1>
          <p class="byline">
            By <span class="author">[[author]]</span>
            on <time datetime="[[date]]">[[date]]</time>
          </p>
        </header>
        <aside class="toc" aria-label="Contents">
          <h2>On this page</h2>
          [[toc]]
        </aside>
        <div class="prose">
          [[content]]
        </div>
        <section class="faq">
          <h2>Frequently asked questions</h2>
[[faqloop]]        </section>
        <ul class="tags">
[[tagloop]]        </ul>
      </article>
      <nav class="pager" aria-label="Guides">
[[prevnext]]      </nav>
      <aside class="related">
        <h2>Related guides</h2>
        <ul>
[[related]]        </ul>
      </aside>
    </main>
"""
FAQ = """          <details>
            <summary>[[q]]</summary>
            <p>[[a]]</p>
          </details>
"""
LD = """    <script type="application/ld+json">
      {
        "@context": "https://schema.org",
        "@type": "MedicalWebPage",
        "name": [[jtitle]],
        "description": [[jdesc]],
        "datePublished": [[jdate]],
        "author": { "@type": "Person", "name": [[jauthor]] },
        "mainEntity": {
          "@type": "FAQPage",
          "mainEntity": [
[[ldloop]]          ]
        }
      }
    </script>
"""
LDQ = """            { "@type": "Question", "name": [[jq]], "acceptedAnswer": { "@type": "Answer", "text": [[ja]] } }[[comma]]
"""
LIST = """    <main id="main" class="list">
      <h1>[[title]]</h1>
      <ul class="cards">
[[cards]]      </ul>
      <nav class="pagination" aria-label="Pages">
[[pag]]      </nav>
    </main>
"""
def fill(t, **k):
    for a, b in k.items(): t = t.replace("[[%s]]" % a, b)
    return t
def label(s): return s.replace("-", " ").capitalize()
def left(s): assert "[[" not in s, re.findall(r"\[\[\w+\]\]", s); return s


def hugo(out):
    files(out, "static", "static/images")
    w(out, "hugo.yaml", """baseURL: https://clinic.example.org/
title: Galen Family Clinic
languageCode: en
timeout: 600s
disableKinds: [404, robotsTXT]
taxonomies: {tag: tags}
pagination: {pagerSize: 20}
services: {rss: {limit: 20}}
outputs: {home: [html, rss], section: [html], taxonomy: [html], term: [html]}
markup:
  goldmark: {renderer: {unsafe: true}}
  tableOfContents: {startLevel: 2, endLevel: 3, ordered: false}
params:
  sections: [%s]
minify: {minifyOutput: false}
""" % ", ".join("{slug: %s, label: %s}" % (s, label(s)) for s in SECTIONS))
    w(out, "layouts/baseof.html", left(fill(HEAD, title='{{ .Title }}', desc='{{ .Params.description }}', permalink='{{ .Permalink }}', headblock='{{ block "headblock" . }}{{ end }}')
      + '  <body>\n{{ partial "header.html" . }}{{ block "main" . }}{{ end }}{{ partial "footer.html" . }}' + SCRIPT + '  </body>\n</html>\n'))
    w(out, "layouts/_partials/header.html", left(fill(HEADER, navloop='{{ $cur := .Section }}{{ range site.Params.sections }}' + fill(NAVITEM, active='{{ if eq .slug $cur }} active{{ end }}', s='{{ .slug }}', st='{{ .label }}') + '{{ end }}')))
    w(out, "layouts/_partials/footer.html", footer())
    w(out, "layouts/_partials/card.html", left(fill(CARD, purl='{{ .RelPermalink }}', ptitle='{{ .Title }}', pdate='{{ .Date.Format "2006-01-02" }}', pdesc='{{ .Params.description }}')))
    rel = '{{ $t := index .Params.tags 0 }}{{ $self := . }}{{ with index site.Taxonomies.tags $t }}{{ range first 5 .Pages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>\n{{ end }}{{ end }}'
    w(out, "layouts/page.html", '{{ define "headblock" }}' + left(fill(LD, jtitle='{{ .Title }}', jdesc='{{ .Params.description }}', jdate='{{ .Date.Format "2006-01-02" }}', jauthor='{{ .Params.author }}',
       ldloop='{{ range $i, $f := .Params.faq }}' + fill(LDQ, jq='{{ $f.q }}', ja='{{ $f.a }}', comma='{{ if lt $i 4 }},{{ end }}') + '{{ end }}')) + '{{ end }}{{ define "main" }}'
      + left(fill(PAGE, title='{{ .Title }}', author='{{ .Params.author }}', date='{{ .Date.Format "2006-01-02" }}', toc='{{ .TableOfContents }}', content='{{ .Content }}',
       faqloop='{{ range .Params.faq }}' + fill(FAQ, q='{{ .q }}', a='{{ .a }}') + '{{ end }}',
       tagloop='{{ range .Params.tags }}          <li><a rel="tag" href="/tags/{{ . }}/">{{ . }}</a></li>\n{{ end }}',
       prevnext='{{ with .PrevInSection }}        <a rel="prev" href="{{ .RelPermalink }}">{{ .Title }}</a>\n{{ end }}{{ with .NextInSection }}        <a rel="next" href="{{ .RelPermalink }}">{{ .Title }}</a>\n{{ end }}',
       related=rel)) + '{{ end }}\n')
    hpag = '{{ with %s }}{{ if .HasPrev }}        <a rel="prev" href="{{ .Prev.URL }}">Newer</a>\n{{ end }}        <span>Page {{ .PageNumber }} of {{ .TotalPages }}</span>\n{{ if .HasNext }}        <a rel="next" href="{{ .Next.URL }}">Older</a>\n{{ end }}{{ end }}'
    for _n in ("section", "term"): w(out, "layouts/%s.html" % _n, '{{ define "main" }}{{ $p := .Paginate .Pages }}' + left(fill(LIST, title='{{ .Title }}', cards='{{ range $p.Pages }}{{ partial "card.html" . }}{{ end }}', pag=hpag % '$p')) + '{{ end }}\n')
    w(out, "layouts/taxonomy.html", '{{ define "main" }}' + left(fill(LIST, title='Topics', cards='{{ range .Data.Terms.Alphabetical }}          <li><a href="{{ .Page.RelPermalink }}">{{ .Page.Title }}</a> ({{ .Count }})</li>\n{{ end }}', pag='')) + '{{ end }}\n')
    w(out, "layouts/home.html", '{{ define "main" }}' + left(fill(LIST, title='{{ .Title }}', cards='{{ range first 20 site.RegularPages }}{{ partial "card.html" . }}{{ end }}', pag='')) + '{{ end }}\n')


# The frame has styles and a script within the page; a site that has these allows them.
POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'"

def galen(out):
    files(out, "themes/kit/static", "content/media")
    w(out, "galen.yaml", """base_url: https://clinic.example.org
language: en
timezone: UTC
theme: kit
api: %s
headers:
  Content-Security-Policy: "%s"
""" % ("true" if os.environ.get("GALEN_KIT_API") else "false", POLICY))
    w(out, "content/schema.yml", """media_folder: content/media
public_folder: /images
collections:
  - name: guides
    label: Guides
    folder: content/guides
    galen:
      route: /{{slug}}/
      template: page.html
      dates: {publish: date}
      feed: {title: Galen, limit: 20}
    fields:
      - {name: title, widget: string}
      - {name: description, widget: string}
      - {name: date, widget: datetime}
      - {name: author, widget: string}
      - {name: section, widget: string, galen: {terms: {route: "/{{term}}/", per_page: 20, sort: "-date", template: section.html}}}
      - {name: tags, widget: list, galen: {terms: {route: "/tags/{{term}}/", per_page: 20, sort: "-date", template: section.html}}}
      - {name: faq, widget: list, fields: [{name: q, widget: string}, {name: a, widget: string}]}
      - {name: body, widget: markdown}
  - name: pages
    label: Pages
    folder: content/pages
    galen: {route: "/{{slug}}/", template: home.html, templates: {tags: tags.html}}
    fields: [{name: title, widget: string}]
  - name: settings
    label: Settings
    files:
      - name: site
        file: content/settings/site.yml
        fields: [{name: title, widget: string}, {name: sections, widget: list, fields: [{name: slug, widget: string}, {name: label, widget: string}]}]
""")
    w(out, "content/settings/site.yml", "title: Galen Family Clinic\nsections:\n" + "".join("  - {slug: %s, label: %s}\n" % (s, label(s)) for s in SECTIONS))
    w(out, "content/pages/index.md", "---\ntitle: Galen Family Clinic\n---\n")
    w(out, "content/pages/tags.md", "---\ntitle: Topics\n---\n")
    w(out, "themes/kit/theme.yaml", "name: kit\n")
    t = "themes/kit/templates/"
    nav = "{% for s in site.sections %}" + fill(NAVITEM, active="{% if current == s.slug %} active{% endif %}", s="{{ s.slug }}", st="{{ s.label }}") + "{% endfor %}"
    w(out, t + "base.html", "{% set current = page.section if page.section is defined else null %}" + left(fill(HEAD, title="{{ page.title }}", desc="{{ page.description }}", permalink="{{ page.permalink }}", headblock="{% block headblock %}{% endblock headblock %}")).replace("/index.xml", "/guides/feed.xml")
      + "  <body>\n" + left(fill(HEADER, navloop=nav)) + "{% block main %}{% endblock main %}" + footer() + SCRIPT + "  </body>\n</html>\n")
    card = lambda p: left(fill(CARD, purl="{{ %s.url }}" % p, ptitle="{{ %s.title }}" % p, pdate="{{ %s.date | date(format='%%Y-%%m-%%d') }}" % p, pdesc="{{ %s.description }}" % p))
    js = lambda v: "{{ %s | json }}" % v
    day = "{{ page.date | date(format='%Y-%m-%d') }}"
    ld = fill(LD, jtitle=js("page.title"), jdesc=js("page.description"), jdate='"%s"' % day, jauthor=js("page.author"),
      ldloop="{% for f in page.faq %}" + fill(LDQ, jq=js("f.q"), ja=js("f.a"), comma="{% if not loop.last %},{% endif %}") + "{% endfor %}")
    toc = '<nav id="TableOfContents"><ul>{% for h in page.toc %}<li><a href="#{{ h.id }}">{{ h.title }}</a>{% if h.children %}<ul>{% for c in h.children %}<li><a href="#{{ c.id }}">{{ c.title }}</a></li>{% endfor %}</ul>{% endif %}</li>{% endfor %}</ul></nav>'
    pg = fill(PAGE, title="{{ page.title }}", author="{{ page.author }}", date=day, toc=toc, content="{{ page.body }}",
      faqloop="{% for f in page.faq %}" + fill(FAQ, q="{{ f.q }}", a="{{ f.a }}") + "{% endfor %}",
      tagloop='{% for t in page.tags %}          <li><a rel="tag" href="/tags/{{ t }}/">{{ t }}</a></li>\n{% endfor %}',
      prevnext='{% set near = neighbours(sort="date", by="section") %}{% if near.prev %}        <a rel="prev" href="{{ near.prev.url }}">{{ near.prev.title }}</a>\n{% endif %}{% if near.next %}        <a rel="next" href="{{ near.next.url }}">{{ near.next.title }}</a>\n{% endif %}',
      related='{% for p in entries(collection="guides", sort="-date", where={"tags": page.tags[0]}, limit=5) %}<li><a href="{{ p.url }}">{{ p.title }}</a></li>\n{% endfor %}')
    w(out, t + "page.html", '{% extends "base.html" %}{% block headblock %}' + left(ld) + "{% endblock headblock %}{% block main %}" + left(pg) + "{% endblock main %}\n")
    pag = '{% if page.pager.prev %}        <a rel="prev" href="{{ page.pager.prev }}">Newer</a>\n{% endif %}        <span>Page {{ page.pager.number }} of {{ page.pager.pages }}</span>\n{% if page.pager.next %}        <a rel="next" href="{{ page.pager.next }}">Older</a>\n{% endif %}'
    w(out, t + "section.html", '{% extends "base.html" %}{% block main %}' + left(fill(LIST, title='{{ page.title | replace(from="-", to=" ") | title }}', cards="{% for p in page.entries %}" + card("p") + "{% endfor %}", pag=pag)) + "{% endblock main %}\n")
    w(out, t + "tags.html", '{% extends "base.html" %}{% block main %}' + left(fill(LIST, title="Topics", cards='{% for t in terms(collection="guides", field="tags") %}          <li><a href="{{ t.url }}">{{ t.name | title }}</a> ({{ t.count }})</li>\n{% endfor %}', pag="")) + "{% endblock main %}\n")
    w(out, t + "home.html", '{% extends "base.html" %}{% block main %}' + left(fill(LIST, title="{{ page.title }}", cards='{% for p in entries(collection="guides", sort="-date", limit=20) %}' + card("p") + "{% endfor %}", pag="")) + "{% endblock main %}\n")
    w(out, t + "404.html", '{% extends "base.html" %}{% block main %}<main id="main"><h1>{{ page.title }}</h1></main>{% endblock main %}\n')
