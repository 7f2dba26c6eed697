#!/usr/bin/env python3
"""A made-up clinic of any size: the same guides for Hugo and for Galen.

  gen.py N OUT [--kinds hugo,galen] [--words 800-1500]

OUT/<kind>/ becomes a site that can be built (themes.py writes the templates). Slugs, bodies and
addresses (/<section>/<slug>/) are the same: 10 sections, 60 tags of which a guide has 3, 5
questions, 8 to 12 headings, a table, a picture, links to other guides. Nothing is random: the same
N gives the same bytes.
"""
import argparse, os, random, shutil, datetime, json
HERE = os.path.dirname(os.path.abspath(__file__))
SECTIONS = ["cardiology","dermatology","pediatrics","orthopedics","dental-care","nutrition",
            "mental-health","womens-health","eye-care","physiotherapy"]
TAGS = ["tag-%s" % t for t in """asthma allergy arthritis anxiety back-pain blood-pressure bones burns cancer
checkup cholesterol cold cough depression diabetes diet digestion ear eczema elderly exercise eye fatigue fever
first-aid flu foot fracture gums hair headache hearing heart hip hormones hydration immunity infection injury
insomnia joints kidney knee liver lungs medication memory migraine neck newborn posture pregnancy rash recovery
scan screening shoulder sleep stress vaccine""".split()]
NOUNS = """patient clinic doctor nurse appointment symptom treatment medication dose pain joint muscle skin heart
blood pressure test result scan swelling infection fever therapy exercise diet sleep stress breathing recovery
surgery wound allergy reaction vaccine guideline risk factor habit routine question history family child adult
specialist referral follow-up plan goal score level week month morning evening temperature tissue nerve bone""".split()
ADJ = """mild severe common rare chronic acute early late gentle regular brief careful healthy painful swollen
normal sound usual recommended daily weekly personal clinical careful typical useful important helpful steady""".split()
VERBS = """reduces improves affects causes prevents supports requires follows changes relieves indicates monitors
explains limits increases protects restores measures confirms delays""".split()
LINK = ["because","while","although","so that","when","unless","after","before","and","but"]
QSTART = ["What is","When should I see a doctor about","How is","Why does","How long does","What helps with",
          "Can I prevent","What are the signs of","Is it safe to exercise with","How do we treat","What should I ask about"]
AUTHORS = ["Dr. Amelia Hart","Dr. Ben Okafor","Dr. Chiara Rossi","Dr. Dev Patel","Dr. Elin Svensson","Dr. Farid Aziz"]
SITE = {"title": "Galen Family Clinic", "url": "https://clinic.example.org"}

def make_pool():
    r = random.Random(20240601)
    pool = []
    for _ in range(4000):
        s = []
        for _ in range(r.randint(1, 2)):
            s.append("the %s %s %s the %s %s" % (r.choice(ADJ), r.choice(NOUNS), r.choice(VERBS), r.choice(ADJ), r.choice(NOUNS)))
        t = (" %s " % r.choice(LINK)).join(s)
        x = r.random()
        if x < .06: t = t.replace("the ", "the **", 1).replace(" ", " ", 1); w = t.split(" "); w[1] = w[1] + "**"; t = " ".join(w)
        elif x < .10: w = t.split(" "); w[-1] = "*%s*" % w[-1]; t = " ".join(w)
        elif x < .12: t += " (it's about %d%% of \"typical\" cases)" % r.randint(2, 60)
        pool.append((t[0].upper() + t[1:] + ".", len(t.split())))
    return pool
POOL = make_pool()

def title_for(i, r):
    return "%s %s %s?" % (r.choice(QSTART), r.choice(ADJ), r.choice(NOUNS))
def slugify(t):
    return "".join(c if c.isalnum() else "-" for c in t.lower().replace("?", "")).strip("-")

class Site:
    def __init__(self, n, lo, hi):
        self.n = n; self.lo = lo; self.hi = hi
        self.meta = []
        for i in range(n):
            r = random.Random(i * 7919 + 13)
            t = title_for(i, r)
            self.meta.append((SECTIONS[i % 10], "g%06d-%s" % (i, slugify(t)), t))
    def url(self, i):
        s, g, _ = self.meta[i]; return "/%s/%s/" % (s, g)
    def guide(self, i):
        r = random.Random(i * 104729 + 7)
        sec, slug, title = self.meta[i]
        target = r.randint(self.lo, self.hi)
        def para(k):
            out = []; w = 0
            for _ in range(k):
                s, n = POOL[int(r.random() * 4000)]; out.append(s); w += n
            return " ".join(out), w
        b = []; words = 0; k = 0
        p, w = para(3); b += [p, ""]; words += w
        nh = 0
        while words < target:
            q = "%s %s %s?" % (r.choice(QSTART), r.choice(ADJ), r.choice(NOUNS))
            b += ["## " + q, ""]; nh += 1; words += 6
            for _ in range(r.randint(1, 2)):
                p, w = para(r.randint(3, 5)); b += [p, ""]; words += w
            m = nh % 4
            if m == 1:
                for _ in range(r.randint(3, 6)):
                    s, w = POOL[int(r.random() * 4000)]; b.append("- " + s); words += w
                b.append("")
            elif m == 2 and nh == 2:
                b += ["| Sign | What it means | What to do |", "|---|---|---|"]
                for _ in range(5):
                    a = r.choice(NOUNS); b.append("| %s %s | %s %s | %s the %s |" % (r.choice(ADJ), a, r.choice(ADJ), r.choice(NOUNS), r.choice(VERBS), r.choice(NOUNS))); words += 8
                b.append("")
            elif m == 3:
                j = int(r.random() * self.n)
                b += ["Read more in [%s](%s) or ask us at the next visit." % (self.meta[j][2], self.url(j)), ""]; words += 14
                if nh == 3: b += ["![Illustration of the %s](/images/fig-%02d.svg)" % (r.choice(NOUNS), i % 20), ""]
            else:
                for z in range(3):
                    s, w = POOL[int(r.random() * 4000)]; b.append("%d. %s" % (z + 1, s)); words += w
                b += ["", "### Good to know", ""]
                p, w = para(2); b += [p, ""]; words += w
        tags = []
        while len(tags) < 3:
            t = TAGS[int(r.random() * 60)]
            if t not in tags: tags.append(t)
        faq = [("%s %s %s?" % (r.choice(QSTART), r.choice(ADJ), r.choice(NOUNS)),
                " ".join(POOL[int(r.random() * 4000)][0].replace("*", "") for _ in range(2))) for _ in range(5)]
        date = datetime.datetime(2015, 1, 1) + datetime.timedelta(minutes=37 * i)
        return dict(sec=sec, slug=slug, title=title, desc=POOL[int(r.random() * 4000)][0].replace("*", "")[:150],
                    date=date.strftime("%Y-%m-%dT%H:%M:%SZ"), author=r.choice(AUTHORS), tags=tags, faq=faq, body="\n".join(b) + "\n")

def q(s): return json.dumps(s, ensure_ascii=False)
def fm(g, kind):
    o = ["---", "title: " + q(g["title"]), "description: " + q(g["desc"]), "date: " + g["date"], "author: " + q(g["author"])]
    if kind == "galen":
        o.append("section: " + g["sec"])
    o += ["tags:"] + ["  - " + t for t in g["tags"]] + ["faq:"]
    for a, b in g["faq"]:
        o += ["  - q: " + q(a), "    a: " + q(b)]
    return "\n".join(o + ["---", ""])

def sec_title(s): return s.replace("-", " ").title()

def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("n", type=int)
    ap.add_argument("out")
    ap.add_argument("--kinds", default="hugo,galen")
    ap.add_argument("--words", default="800-1500")
    a = ap.parse_args()
    lo, hi = map(int, a.words.split("-"))
    site = Site(a.n, lo, hi)
    import themes
    folders = {}
    for kind in a.kinds.split(","):
        out = os.path.join(a.out, kind)
        shutil.rmtree(out, ignore_errors=True)
        getattr(themes, kind)(out)
        folders[kind] = os.path.join(out, "content", "guides" if kind == "galen" else "")
        for s in SECTIONS:
            os.makedirs(os.path.join(folders[kind], s), exist_ok=True)
            if kind == "hugo":
                with open(os.path.join(folders[kind], s, "_index.md"), "w") as fh:
                    fh.write("---\ntitle: %s\n---\n" % q(sec_title(s)))
    for i in range(a.n):
        g = site.guide(i)
        for kind, folder in folders.items():
            with open(os.path.join(folder, g["sec"], g["slug"] + ".md"), "w") as fh:
                fh.write(fm(g, kind) + g["body"])

if __name__ == "__main__": main()
