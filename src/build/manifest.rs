//! What a build leaves for the next one first: what it was made of, what it made, what it said.
//!
//! With it alone a build tells whether anything changed since.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::build::shape::Plain;
use crate::build::{LeftOut, Look};
use crate::content::Status;
use crate::diag::{Code, Diagnostic, Severity, SourceId, Span, Waived};
use crate::text::Digest;
use crate::trace::{Reader, Writer};
use crate::vfs::{Mark, Source};
use crate::world::{read_entry, write_entry};

/// What an earlier build was made of, and what it made. Paths lie where they were read: there are many.
#[derive(Debug, Default)]
pub(crate) struct Manifest<'a> {
    /// Tells this build from others.
    pub(crate) number: u128,
    /// The digest of what was asked for.
    pub(crate) request: u128,
    /// The digest of what every task stands on.
    pub(crate) ground: u128,
    /// The moment for which it was built, in nanoseconds since 1970.
    pub(crate) built: i128,
    /// The first moment after it at which anything dated changes.
    pub(crate) until: Option<i128>,
    /// The site's files, sorted.
    pub(crate) sources: Vec<Seen<'a>>,
    /// The site's folders, as they were when they had just the names of those files.
    pub(crate) listed: Vec<Seen<'a>>,
    /// Whether these are all of its folders, and a later change would show in each.
    pub(crate) all_listed: bool,
    /// The output's files, sorted.
    pub(crate) outputs: Vec<Seen<'a>>,
    /// The output's folders, sorted; the first is the output folder itself.
    pub(crate) folders: Vec<Seen<'a>>,
    /// The files of others in the output folder.
    pub(crate) foreign: Vec<String>,
    /// The plain fields of each collection.
    pub(crate) plain: Plain,
    /// How many of the output's files are pages.
    pub(crate) pages: usize,
    /// The entries that are not on the site.
    pub(crate) left_out: Vec<LeftOut>,
    /// What was said, sorted.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// What a waiver hid, sorted.
    pub(crate) waived: Vec<Waived>,
}

/// A file as it was seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen<'a> {
    /// Its path.
    pub(crate) path: Cow<'a, str>,
    /// What it looked like.
    pub(crate) mark: Mark,
    /// Whether a later change would show in the mark.
    pub(crate) settled: bool,
    /// Half the digest of its content; zero where that was not taken.
    pub(crate) digest: u128,
}

impl<'a> Manifest<'a> {
    pub(crate) fn write(&self) -> Vec<u8> {
        let seen = [&self.sources, &self.listed, &self.outputs, &self.folders];
        let room = seen.into_iter().flatten().map(|it| it.path.len() + 64).sum();
        let mut out = Writer::with_room(room);
        out.short(self.number);
        out.short(self.request);
        out.short(self.ground);
        out.short(self.built as u128);
        out.maybe(self.until, |out, until| out.short(until as u128));
        out.list(self.sources.iter(), |out, it| it.write(out));
        out.list(self.listed.iter(), |out, it| it.write(out));
        out.byte(u8::from(self.all_listed));
        out.list(self.outputs.iter(), |out, it| it.write(out));
        out.list(self.folders.iter(), |out, it| it.write(out));
        out.list(self.foreign.iter(), |out, it| out.text(it));
        self.plain.write(&mut out);
        out.size(self.pages);
        out.list(self.left_out.iter(), write_left_out);
        out.list(self.diagnostics.iter(), write_diagnostic);
        out.list(self.waived.iter(), |out, it| {
            write_diagnostic(out, &it.diagnostic);
            out.text(&it.reason);
            out.text(&it.until);
        });
        out.finish()
    }

    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut from = Reader::new(bytes);
        let manifest = Self {
            number: from.short()?,
            request: from.short()?,
            ground: from.short()?,
            built: from.short()? as i128,
            until: from.maybe(|from| Some(from.short()? as i128))?,
            sources: from.list(Seen::read)?,
            listed: from.list(Seen::read)?,
            all_listed: from.byte()? == 1,
            outputs: from.list(Seen::read)?,
            folders: from.list(Seen::read)?,
            foreign: from.list(|from| from.text().map(str::to_owned))?,
            plain: Plain::read(&mut from)?,
            pages: from.size()?,
            left_out: from.list(read_left_out)?,
            diagnostics: from.list(read_diagnostic)?,
            waived: from.list(read_waived)?,
        };
        from.is_done().then_some(manifest)
    }

    /// Gives everything that was found: what was said, and what a waiver hid.
    pub(crate) fn found(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter().chain(self.waived.iter().map(|it| &it.diagnostic))
    }

    /// Gives the output's files, each on a line.
    pub(crate) fn files(&self) -> String {
        let mut files = String::with_capacity(64 * self.outputs.len());
        for seen in &self.outputs {
            files.push_str(&seen.path);
            files.push('\n');
        }
        files
    }

    /// Tells whether a file was there.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.source(path).is_some()
    }

    /// Gives what was seen of a file of the site; `None` when it was not there.
    pub(crate) fn source(&self, path: &str) -> Option<&Seen<'a>> {
        let at = self.sources.binary_search_by(|it| (*it.path).cmp(path)).ok()?;
        self.sources.get(at)
    }

    /// Tells whether nothing dated changed between the moment of the build and another.
    pub(crate) fn holds_at(&self, moment: i128) -> bool {
        self.built <= moment && self.until.is_none_or(|until| moment < until)
    }
}

impl<'a> Seen<'a> {
    /// Looks at a file or folder of the output. One that is gone already is unlike any that the
    /// next build may see, which makes it anew.
    pub(crate) fn output(path: &'a str, mark: Look) -> Self {
        let mark = mark(path).unwrap_or_default();
        Self { path: Cow::Borrowed(path), mark, settled: true, digest: 0 }
    }

    /// Tells whether a file of the site, as it was read now, is the one that was seen.
    pub(crate) fn is_as_read(&self, source: &Source) -> bool {
        match source.held_bytes() {
            Some(bytes) => Digest::of(bytes).short() == self.digest,
            None => source.mark() == self.mark,
        }
    }

    /// Gives the same with a path of its own.
    pub(crate) fn kept(self) -> Seen<'static> {
        let Self { path, mark, settled, digest } = self;
        Seen { path: Cow::Owned(path.into_owned()), mark, settled, digest }
    }

    pub(crate) fn write(&self, out: &mut Writer) {
        out.text(&self.path);
        self.mark.numbers().into_iter().for_each(|it| out.fixed(it));
        out.byte(u8::from(self.settled));
        out.short(self.digest);
    }

    pub(crate) fn read(from: &mut Reader<'a>) -> Option<Self> {
        Some(Self {
            path: Cow::Borrowed(from.text()?),
            mark: {
                let numbers = [from.fixed()?, from.fixed()?, from.fixed()?, from.fixed()?];
                Mark::from_numbers(numbers)
            },
            settled: from.byte()? == 1,
            digest: from.short()?,
        })
    }
}

fn write_left_out(out: &mut Writer, left: &LeftOut) {
    write_entry(out, &left.id);
    out.text(left.source.as_str());
    let (kind, at) = match left.status {
        Status::Published => (0, None),
        Status::Draft => (1, None),
        Status::Scheduled(at) => (2, Some(at)),
        Status::Expired(at) => (3, Some(at)),
        Status::Overdue(at) => (4, Some(at)),
    };
    out.byte(kind);
    out.maybe(at, |out, at| out.short(at.as_nanosecond() as u128));
}

fn read_left_out(from: &mut Reader) -> Option<LeftOut> {
    let (id, source) = (read_entry(from)?, SourceId::new(from.text()?));
    let kind = from.byte()?;
    let at = from.maybe(|from| Timestamp::from_nanosecond(from.short()? as i128).ok())?;
    let status = match (kind, at) {
        (0, _) => Status::Published,
        (1, _) => Status::Draft,
        (2, Some(at)) => Status::Scheduled(at),
        (3, Some(at)) => Status::Expired(at),
        (4, Some(at)) => Status::Overdue(at),
        _ => return None,
    };
    Some(LeftOut { id, source, status })
}

fn read_waived(from: &mut Reader) -> Option<Waived> {
    let diagnostic = read_diagnostic(from)?;
    let (reason, until) = (from.text()?.to_owned(), from.text()?.to_owned());
    Some(Waived { diagnostic, reason, until })
}

/// Writes a problem.
pub(crate) fn write_diagnostic(out: &mut Writer, it: &Diagnostic) {
    let span = |out: &mut Writer, span: &Span| {
        out.text(span.source.as_str());
        out.size(span.start);
        out.size(span.end);
    };
    out.byte(u8::from(it.severity == Severity::Error));
    out.text(it.code.as_str());
    out.text(&it.message);
    out.maybe(it.span.as_ref(), span);
    out.maybe(it.label.as_deref(), Writer::text);
    out.list(it.labels.iter(), |out, (place, words)| {
        span(out, place);
        out.text(words);
    });
    for texts in [&it.notes, &it.help] {
        out.list(texts.iter(), |out, text| out.text(text));
    }
}

/// Reads a problem back.
pub(crate) fn read_diagnostic(from: &mut Reader) -> Option<Diagnostic> {
    let span = |from: &mut Reader| {
        let source = SourceId::new(from.text()?);
        Some(Span { source, start: from.size()?, end: from.size()? })
    };
    let text = |from: &mut Reader| from.text().map(str::to_owned);
    let severity = if from.byte()? == 1 { Severity::Error } else { Severity::Warning };
    Some(Diagnostic {
        severity,
        code: Code::again(from.text()?),
        message: text(from)?,
        span: from.maybe(span)?,
        label: from.maybe(text)?,
        labels: from.list(|from| Some((span(from)?, text(from)?)))?,
        notes: from.list(text)?,
        help: from.list(text)?,
    })
}
