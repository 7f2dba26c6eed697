//! The elements of blocks and marks: what opens and closes them.

use std::ops::Range;

use pulldown_cmark::{Alignment, BlockQuoteKind, CodeBlockKind, Event, Tag, TagEnd};

use crate::markdown::errors;
use crate::markdown::pointers::alternative;
use crate::markdown::writer::{Events, Writer};
use crate::text::spaced;

/// What is open.
#[derive(Default)]
pub(crate) struct Tags {
    depth: usize,
    heading: Option<Head>,
    footnotes: Vec<(String, Range<usize>)>,
    /// The caption of the picture that the paragraph is.
    figure: Option<String>,
    /// Whether the label of a task is open.
    task: bool,
    columns: Vec<Alignment>,
    column: usize,
    in_head: bool,
    /// Whether the cell is a header.
    header: bool,
    last_heading: Option<String>,
    /// Where the body's HTML ended behind the last heading.
    behind_heading: usize,
}

/// A heading that is open.
struct Head {
    id: Option<String>,
    classes: Vec<String>,
    /// Where its plain text starts.
    start: usize,
}

impl Tags {
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    pub(crate) fn in_figure(&self) -> bool {
        self.figure.is_some()
    }
}

impl Writer<'_> {
    pub(crate) fn open_tag(&mut self, tag: &Tag, range: &Range<usize>, next: &Events) {
        self.tags.depth += 1;
        let inline = matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough);
        if !inline {
            self.new_block();
            if !matches!(tag, Tag::Paragraph) {
                self.end_task();
            }
        }
        match tag {
            Tag::Paragraph => self.open_paragraph(next),
            Tag::Heading { id, classes, attrs, .. } => {
                let given = |text: &pulldown_cmark::CowStr| text.to_string();
                if let Some((name, _)) = attrs.first() {
                    let span = self.span(&braces(self.source(range), range));
                    self.diagnostics.push(errors::heading_attribute(name, span));
                }
                self.tags.heading = Some(Head {
                    id: id.as_ref().map(given),
                    classes: classes.iter().map(given).collect(),
                    start: self.plain.len(),
                });
                self.end_section();
                self.out.push(String::new());
            }
            Tag::BlockQuote(None) => self.push("<blockquote>"),
            Tag::BlockQuote(Some(kind)) => {
                let (class, title) = alert(*kind);
                // A note is no landmark: a page with many would be a maze of them to a screen reader.
                self.push("<div role=note");
                self.attribute("class", &format!("alert alert-{class}"));
                self.push("><p class=alert-title>");
                self.write_text(title);
                self.push("</p>");
                self.plain.push('\n');
            }
            Tag::CodeBlock(kind) => self.open_code(kind),
            Tag::List(Some(1)) => self.push("<ol>"),
            Tag::List(Some(start)) => {
                self.push("<ol");
                self.attribute("start", &start.to_string());
                self.push(">");
            }
            Tag::List(None) => self.push("<ul>"),
            Tag::Item => self.open_item(next),
            Tag::FootnoteDefinition(label) => {
                self.tags.footnotes.push((label.to_lowercase(), range.clone()));
                self.out.push(String::new());
            }
            Tag::DefinitionList => self.push("<dl>"),
            Tag::DefinitionListTitle => self.push("<dt>"),
            Tag::DefinitionListDefinition => self.push("<dd>"),
            Tag::Table(columns) => self.open_table(columns),
            Tag::TableHead => {
                self.tags.in_head = true;
                self.tags.column = 0;
                self.push("<thead><tr>");
            }
            Tag::TableRow => {
                self.tags.column = 0;
                self.push("<tr>");
            }
            Tag::TableCell => self.open_cell(next),
            Tag::Emphasis => self.push("<em>"),
            Tag::Strong => self.push("<strong>"),
            // `(~£500) and (~£900)` is two estimates, not a price struck out.
            Tag::Strikethrough if self.source(range).starts_with("~~") => self.push("<del>"),
            Tag::Strikethrough => self.write_text("~"),
            _ => (),
        }
    }

    pub(crate) fn close_tag(&mut self, tag: &TagEnd, range: &Range<usize>) {
        self.tags.depth = self.tags.depth.saturating_sub(1);
        match tag {
            TagEnd::Paragraph => self.close_paragraph(),
            TagEnd::Heading(level) => self.close_heading(*level as u8, range),
            TagEnd::BlockQuote(None) => self.push("</blockquote>"),
            TagEnd::BlockQuote(Some(_)) => self.push("</div>"),
            TagEnd::CodeBlock => self.push("</code></pre>"),
            TagEnd::List(true) => self.push("</ol>"),
            TagEnd::List(false) => self.push("</ul>"),
            TagEnd::Item => {
                self.end_task();
                self.push("</li>");
            }
            TagEnd::FootnoteDefinition => self.close_footnote(),
            TagEnd::DefinitionList => self.push("</dl>"),
            TagEnd::DefinitionListTitle => self.push("</dt>"),
            TagEnd::DefinitionListDefinition => self.push("</dd>"),
            TagEnd::Table => self.push("</tbody></table></div>"),
            TagEnd::TableHead => {
                self.tags.in_head = false;
                self.push("</tr></thead><tbody>");
            }
            TagEnd::TableRow => self.push("</tr>"),
            TagEnd::TableCell => self.push(if self.tags.header { "</th>" } else { "</td>" }),
            TagEnd::Emphasis => self.push("</em>"),
            TagEnd::Strong => self.push("</strong>"),
            TagEnd::Strikethrough if self.source(range).starts_with("~~") => self.push("</del>"),
            TagEnd::Strikethrough => self.write_text("~"),
            _ => (),
        }
        let inline = matches!(tag, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough);
        if !inline && !self.plain.ends_with('\n') {
            self.plain.push('\n');
        }
    }

    fn open_paragraph(&mut self, next: &Events) {
        match self.lone_picture(next) {
            Some(caption) => {
                self.tags.figure = Some(caption);
                self.push("<figure>");
            }
            None => self.push("<p>"),
        }
        if let Some((Event::TaskListMarker(checked), _)) = next.first() {
            self.open_task(*checked);
        }
    }

    fn close_paragraph(&mut self) {
        self.end_task();
        match self.tags.figure.take() {
            Some(caption) => {
                self.push("<figcaption>");
                self.write_text(&caption);
                self.push("</figcaption></figure>");
            }
            None => {
                self.push("</p>");
            }
        }
    }

    /// The title of the picture that a paragraph is, and nothing else.
    fn lone_picture(&self, next: &Events) -> Option<String> {
        let Some((Event::Start(Tag::Image { title, .. }), _)) = next.first() else { return None };
        if self.options.plain || title.is_empty() || &**title == "decorative" {
            return None;
        }
        let (_, after) = alternative(next, 1);
        let ends = matches!(next.get(after), Some((Event::End(TagEnd::Paragraph), _)));
        ends.then(|| title.to_string())
    }

    fn close_heading(&mut self, level: u8, range: &Range<usize>) {
        let content = self.take_out();
        let Some(head) = self.tags.heading.take() else { return };
        let name = ["h0", "h1", "h2", "h3", "h4", "h5", "h6"][usize::from(level.min(6))];
        if self.options.plain {
            ["<", name, ">", &content, "</", name, ">"].iter().for_each(|it| self.push(it));
            return;
        }
        let title = spaced(&self.plain[head.start..]);
        let trimmed = range.start..range.start + self.source(range).trim_end().len();
        let span = self.span(&trimmed);
        if title.is_empty() {
            self.diagnostics.push(errors::heading_empty(span));
            return;
        }
        let problem = self.outline.check_level(level, self.options, span.clone());
        self.diagnostics.extend(problem);
        let prefix = &self.options.id_prefix;
        let place = (level, self.prepared.original(range.clone()).start);
        let (id, instead_of) = self.outline.add(place, &title, head.id.as_deref(), prefix);
        if let Some(wanted) = instead_of {
            self.diagnostics.push(errors::duplicate_id(&wanted, &id, span));
        }
        self.push("<");
        self.push(name);
        self.attribute("id", &id);
        if !head.classes.is_empty() {
            self.attribute("class", &head.classes.join(" "));
        }
        [">", &content, "</", name, ">"].iter().for_each(|it| self.push(it));
        self.tags.last_heading = Some(id);
        self.tags.behind_heading = self.out.first().map_or(0, String::len);
    }

    /// Notes of the last heading whether anything came after it.
    pub(crate) fn end_section(&mut self) {
        if self.out.first().map_or(0, String::len) == self.tags.behind_heading {
            self.outline.is_bare();
        }
    }

    fn open_code(&mut self, kind: &CodeBlockKind) {
        // A block that scrolls must be reachable by keyboard.
        self.push(if self.options.plain { "<pre><code" } else { "<pre tabindex=0><code" });
        if let CodeBlockKind::Fenced(info) = kind {
            let language = info.split_whitespace().next().unwrap_or_default();
            if !language.is_empty() {
                self.attribute("class", &format!("language-{language}"));
            }
        }
        self.push(">");
    }

    fn open_item(&mut self, next: &Events) {
        match (next.first(), next.get(1)) {
            (Some((Event::TaskListMarker(checked), _)), _) => {
                self.push("<li class=task>");
                self.open_task(*checked);
            }
            (Some((Event::Start(Tag::Paragraph), _)), Some((Event::TaskListMarker(_), _))) => {
                self.push("<li class=task>")
            }
            _ => self.push("<li>"),
        }
    }

    fn open_task(&mut self, checked: bool) {
        self.tags.task = true;
        self.push("<label><input type=checkbox disabled");
        self.push(if checked { " checked> " } else { "> " });
    }

    fn end_task(&mut self) {
        if std::mem::take(&mut self.tags.task) {
            self.push("</label>");
        }
    }

    fn close_footnote(&mut self) {
        let text = self.take_out();
        let Some((label, range)) = self.tags.footnotes.pop() else { return };
        if self.footnotes.is_used(&label) {
            self.footnotes.define(&label, text);
            return;
        }
        let line = self.source(&range).lines().next().map_or(0, str::len);
        let span = self.span(&(range.start..range.start + line));
        self.diagnostics.push(errors::footnote_unused(&label, span));
    }

    /// A table scrolls by itself where it is too wide, and is named by the heading it is under.
    fn open_table(&mut self, columns: &[Alignment]) {
        self.tags.columns = columns.to_vec();
        self.push("<div class=table tabindex=0");
        if let Some(heading) = self.tags.last_heading.clone() {
            self.push(" role=group");
            self.attribute("aria-labelledby", &heading);
        }
        self.push("><table>");
    }

    fn open_cell(&mut self, next: &Events) {
        // A column without a name has no header to announce.
        let empty = matches!(next.first(), Some((Event::End(TagEnd::TableCell), _)));
        self.tags.header = self.tags.in_head && !empty;
        self.push(if self.tags.header { "<th scope=col" } else { "<td" });
        match self.tags.columns.get(self.tags.column) {
            Some(Alignment::Right) => self.push(" class=right"),
            Some(Alignment::Center) => self.push(" class=center"),
            _ => (),
        }
        self.push(">");
        self.tags.column += 1;
    }
}

fn alert(kind: BlockQuoteKind) -> (&'static str, &'static str) {
    match kind {
        BlockQuoteKind::Note => ("note", "Note"),
        BlockQuoteKind::Tip => ("tip", "Tip"),
        BlockQuoteKind::Important => ("important", "Important"),
        BlockQuoteKind::Warning => ("warning", "Warning"),
        BlockQuoteKind::Caution => ("caution", "Caution"),
    }
}

/// The braces at the end of a heading.
fn braces(source: &str, range: &Range<usize>) -> Range<usize> {
    let line = source.trim_end();
    let start = line.rfind('{').unwrap_or(0);
    range.start + start..range.start + line.len()
}
