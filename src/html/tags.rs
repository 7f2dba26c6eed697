//! The names of HTML's elements, and how the parsing rules sort them.

/// The name of an element of HTML, as a number: quicker to compare than text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Tag(u8);

macro_rules! names {
    ($($name:ident = $text:literal),* $(,)?) => {
        const NAMES: &[&str] = &["", $($text),*];
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "made by a macro")]
        enum Number { OTHER, $($name),* }
        impl Tag {
            $(pub(crate) const $name: Tag = Tag(Number::$name as u8);)*
        }
    };
}

names! {
    A = "a", ADDRESS = "address", APPLET = "applet", AREA = "area", ARTICLE = "article",
    ASIDE = "aside", B = "b", BASE = "base", BASEFONT = "basefont", BGSOUND = "bgsound",
    BIG = "big", BLOCKQUOTE = "blockquote", BODY = "body", BR = "br", BUTTON = "button",
    CAPTION = "caption", CENTER = "center", CODE = "code", COL = "col", COLGROUP = "colgroup",
    DD = "dd", DETAILS = "details", DIALOG = "dialog", DIR = "dir", DIV = "div", DL = "dl",
    DT = "dt", EM = "em", EMBED = "embed", FIELDSET = "fieldset", FIGCAPTION = "figcaption",
    FIGURE = "figure", FONT = "font", FOOTER = "footer",
    FORM = "form", FRAME = "frame", FRAMESET = "frameset", H1 = "h1", H2 = "h2", H3 = "h3",
    H4 = "h4", H5 = "h5", H6 = "h6", HEAD = "head", HEADER = "header", HGROUP = "hgroup",
    HR = "hr", HTML = "html", I = "i", IFRAME = "iframe", IMG = "img", INPUT = "input",
    KEYGEN = "keygen", LI = "li", LINK = "link", LISTING = "listing",
    MAIN = "main", MARQUEE = "marquee", MATH = "math", MENU = "menu", META = "meta", NAV = "nav",
    NOBR = "nobr", NOEMBED = "noembed", NOFRAMES = "noframes", NOSCRIPT = "noscript",
    OBJECT = "object", OL = "ol", OPTGROUP = "optgroup", OPTION = "option", P = "p",
    PARAM = "param", PLAINTEXT = "plaintext", PRE = "pre", RB = "rb",
    RP = "rp", RT = "rt", RTC = "rtc", RUBY = "ruby", S = "s", SCRIPT = "script",
    SEARCH = "search", SECTION = "section", SELECT = "select", SMALL = "small", SOURCE = "source",
    SPAN = "span", STRIKE = "strike", STRONG = "strong", STYLE = "style", SUMMARY = "summary",
    SVG = "svg", TABLE = "table", TBODY = "tbody", TD = "td", TEMPLATE = "template",
    TEXTAREA = "textarea", TFOOT = "tfoot", TH = "th", THEAD = "thead", TITLE = "title",
    TR = "tr", TRACK = "track", TT = "tt", U = "u", UL = "ul", WBR = "wbr", XMP = "xmp",
    ABBR = "abbr", AUDIO = "audio", BDI = "bdi", BDO = "bdo", CANVAS = "canvas", CITE = "cite",
    DATA = "data", DATALIST = "datalist", DEL = "del", DFN = "dfn",
    INS = "ins", KBD = "kbd", LABEL = "label", LEGEND = "legend", MAP = "map", MARK = "mark",
    METER = "meter", OUTPUT = "output", PICTURE = "picture", PROGRESS = "progress", Q = "q",
    SAMP = "samp", SUB = "sub", SUP = "sup",
    TIME = "time", VAR = "var", VIDEO = "video",
}

const ROOM: usize = 512;

const fn place(name: &[u8]) -> usize {
    let mut hash = name.len() as u32;
    let mut at = 0;
    while at < name.len() {
        hash = hash.wrapping_mul(0x0100_0193) ^ name[at] as u32;
        at += 1;
    }
    (hash ^ (hash >> 9)) as usize % ROOM
}

static PLACES: [u8; ROOM] = {
    let mut table = [0; ROOM];
    let mut number = 1;
    while number < NAMES.len() {
        let mut at = place(NAMES[number].as_bytes());
        while table[at] != 0 {
            at = (at + 1) % ROOM;
        }
        table[at] = number as u8;
        number += 1;
    }
    table
};

/// A set of names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Set([u64; 4]);

impl Set {
    pub(crate) const fn of(tags: &[Tag]) -> Self {
        Self([0; 4]).with(tags)
    }

    pub(crate) const fn with(self, tags: &[Tag]) -> Self {
        let mut set = self.0;
        let mut at = 0;
        while at < tags.len() {
            let number = tags[at].0 as usize;
            set[number / 64] |= 1 << (number % 64);
            at += 1;
        }
        Self(set)
    }

    pub(crate) const fn has(self, tag: Tag) -> bool {
        let number = tag.0 as usize;
        self.0[number / 64] >> (number % 64) & 1 == 1
    }
}

impl Tag {
    pub(crate) const OTHER: Self = Self(Number::OTHER as u8);

    /// Finds a name written in small letters.
    pub(crate) fn of(name: &str) -> Self {
        let mut at = place(name.as_bytes());
        loop {
            let number = PLACES[at];
            if number == 0 || NAMES[usize::from(number)] == name {
                return Self(number);
            }
            at = (at + 1) % ROOM;
        }
    }

    /// Gives all numbers, by themselves as places in a list.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (0..NAMES.len()).map(|number| Self(number as u8))
    }

    /// Gives its place in [`all`](Self::all).
    pub(crate) fn place(self) -> usize {
        usize::from(self.0)
    }

    /// Gives the name in small letters; empty for one that is not known.
    pub(crate) fn name(self) -> &'static str {
        NAMES[usize::from(self.0)]
    }
}

use Tag as T;

/// They have no end tag (HTML Standard 13.1.2).
pub(super) const VOID: Set = Set::of(&[
    T::AREA,
    T::BASE,
    T::BASEFONT,
    T::BGSOUND,
    T::BR,
    T::COL,
    T::EMBED,
    T::FRAME,
    T::HR,
    T::IMG,
    T::INPUT,
    T::KEYGEN,
    T::LINK,
    T::META,
    T::PARAM,
    T::SOURCE,
    T::TRACK,
    T::WBR,
]);

/// They hold text and no tags.
pub(super) const RAW: Set =
    Set::of(&[T::SCRIPT, T::STYLE, T::XMP, T::IFRAME, T::NOEMBED, T::NOFRAMES]);

/// They hold text with entities and no tags.
pub(super) const TEXT: Set = Set::of(&[T::TITLE, T::TEXTAREA]);

/// They may stand in the head.
pub(super) const HEAD: Set = Set::of(&[
    T::BASE,
    T::BASEFONT,
    T::BGSOUND,
    T::LINK,
    T::META,
    T::NOFRAMES,
    T::NOSCRIPT,
    T::SCRIPT,
    T::STYLE,
    T::TEMPLATE,
    T::TITLE,
]);

/// They end a paragraph that is open (13.2.6.4.7).
pub(super) const CLOSES_P: Set = Set::of(&[
    T::ADDRESS,
    T::ARTICLE,
    T::ASIDE,
    T::BLOCKQUOTE,
    T::CENTER,
    T::DETAILS,
    T::DIALOG,
    T::DIR,
    T::DIV,
    T::DL,
    T::FIELDSET,
    T::FIGCAPTION,
    T::FIGURE,
    T::FOOTER,
    T::HEADER,
    T::HGROUP,
    T::MAIN,
    T::MENU,
    T::NAV,
    T::OL,
    T::P,
    T::SEARCH,
    T::SECTION,
    T::SUMMARY,
    T::UL,
    T::H1,
    T::H2,
    T::H3,
    T::H4,
    T::H5,
    T::H6,
    T::PRE,
    T::LISTING,
    T::FORM,
    T::TABLE,
    T::HR,
    T::XMP,
    T::PLAINTEXT,
    T::LI,
    T::DD,
    T::DT,
]);

/// Their end tags may be left out (13.2.6.3).
pub(super) const IMPLIED_END: Set =
    Set::of(&[T::DD, T::DT, T::LI, T::OPTGROUP, T::OPTION, T::P, T::RB, T::RP, T::RT, T::RTC]);

/// At the end of the document, or of a table, these may be open besides.
pub(super) const MAY_STAY_OPEN: Set = IMPLIED_END.with(&[
    T::TBODY,
    T::TD,
    T::TFOOT,
    T::TH,
    T::THEAD,
    T::TR,
    T::BODY,
    T::HTML,
    T::HEAD,
    T::CAPTION,
    T::COLGROUP,
]);

pub(crate) const HEADINGS: Set = Set::of(&[T::H1, T::H2, T::H3, T::H4, T::H5, T::H6]);

/// What is outside of these is not seen from within (13.2.4.2).
pub(super) const SCOPE: Set = Set::of(&[
    T::APPLET,
    T::CAPTION,
    T::HTML,
    T::TABLE,
    T::TD,
    T::TH,
    T::MARQUEE,
    T::OBJECT,
    T::TEMPLATE,
    T::SELECT,
]);

pub(super) const TABLE_SCOPE: Set = Set::of(&[T::HTML, T::TABLE, T::TEMPLATE]);

/// The special elements (13.2.4.2).
pub(super) const SPECIAL: Set = CLOSES_P.with(&[
    T::APPLET,
    T::AREA,
    T::BASE,
    T::BASEFONT,
    T::BGSOUND,
    T::BODY,
    T::BR,
    T::BUTTON,
    T::CAPTION,
    T::COL,
    T::COLGROUP,
    T::EMBED,
    T::FRAME,
    T::FRAMESET,
    T::HEAD,
    T::HTML,
    T::IFRAME,
    T::IMG,
    T::INPUT,
    T::KEYGEN,
    T::LINK,
    T::MARQUEE,
    T::META,
    T::NOEMBED,
    T::NOFRAMES,
    T::NOSCRIPT,
    T::OBJECT,
    T::PARAM,
    T::SCRIPT,
    T::SELECT,
    T::SOURCE,
    T::STYLE,
    T::TBODY,
    T::TD,
    T::TEMPLATE,
    T::TEXTAREA,
    T::TFOOT,
    T::TH,
    T::THEAD,
    T::TITLE,
    T::TR,
    T::TRACK,
    T::WBR,
]);

/// The formatting elements (13.2.4.3).
pub(super) const FORMATTING: Set = Set::of(&[
    T::A,
    T::B,
    T::BIG,
    T::CODE,
    T::EM,
    T::FONT,
    T::I,
    T::NOBR,
    T::S,
    T::SMALL,
    T::STRIKE,
    T::STRONG,
    T::TT,
    T::U,
]);

/// What may stand directly in a table.
pub(super) const TABLE_PARTS: Set =
    Set::of(&[T::CAPTION, T::COL, T::COLGROUP, T::TBODY, T::TD, T::TFOOT, T::TH, T::THEAD, T::TR]);

pub(super) const SECTIONS: Set = Set::of(&[T::TBODY, T::TFOOT, T::THEAD]);
pub(super) const CELLS: Set = Set::of(&[T::TD, T::TH]);

/// They end foreign content, SVG or MathML (13.2.6.5).
pub(super) const BREAKS_OUT: Set = Set::of(&[
    T::B,
    T::BIG,
    T::BLOCKQUOTE,
    T::BODY,
    T::BR,
    T::CENTER,
    T::CODE,
    T::DD,
    T::DIV,
    T::DL,
    T::DT,
    T::EM,
    T::EMBED,
    T::H1,
    T::H2,
    T::H3,
    T::H4,
    T::H5,
    T::H6,
    T::HEAD,
    T::HR,
    T::I,
    T::IMG,
    T::LI,
    T::LISTING,
    T::MENU,
    T::META,
    T::NOBR,
    T::OL,
    T::P,
    T::PRE,
    T::RUBY,
    T::S,
    T::SMALL,
    T::SPAN,
    T::STRONG,
    T::STRIKE,
    T::TABLE,
    T::TT,
    T::U,
    T::UL,
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found() {
        assert!(NAMES.len() < 256);
        for name in &NAMES[1..] {
            assert_eq!(Tag::of(name).name(), *name);
        }
        assert_eq!(Tag::of("custom-element"), Tag::OTHER);
        assert!(VOID.has(Tag::BR) && !VOID.has(Tag::OTHER) && !VOID.has(Tag::P));
    }
}
