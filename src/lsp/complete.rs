//! What may be written where the cursor is: keys, values, directives.

use std::ops::Range;

use gen_lsp_types::{
    CompletionItem, CompletionItemKind, Documentation, InsertTextFormat, InsertTextMode,
    MarkupContent, MarkupKind, TextEdit,
};

use crate::content::schema::{Field, Item, Widget};
use crate::export;
use crate::lsp::cursor::{self, Cursor, Key};
use crate::lsp::place::Lines;
use crate::lsp::site::Model;
use crate::lsp::slot::{self, Slot, Types};
use crate::lsp::values::{self, Choice};
use crate::lsp::words;
use crate::text::RelPath;
use crate::yaml::Step;

/// Texts beyond this are not looked into while they are typed.
const LONGEST: usize = 2 << 20;

/// A file that is being typed.
#[derive(Clone, Copy)]
pub(crate) struct Typed<'a> {
    pub(crate) model: &'a Model,
    pub(crate) path: &'a RelPath,
    pub(crate) text: &'a str,
    pub(crate) lines: &'a Lines<'a>,
    /// Whether the editor fills in proposals with places to go to.
    pub(crate) snippets: bool,
}

/// Proposes what may be written at a byte of the text.
pub(crate) fn at(typed: Typed, offset: usize) -> Vec<CompletionItem> {
    let Some((fields, front)) = typed.model.fields(typed.path) else { return Vec::new() };
    if typed.text.len() > LONGEST {
        return Vec::new();
    }
    let Some(region) = cursor::region(typed.text, front) else { return Vec::new() };
    if front && offset > region.end {
        return directives(typed, fields, offset);
    }
    let keys = cursor::read(typed.text, region.clone());
    let Some(cursor) = cursor::at(typed.text, region, offset) else { return Vec::new() };
    let Some(slot) = slot::find(fields, &cursor.path, (&keys, typed.text)) else {
        return Vec::new();
    };
    Proposing { typed, cursor: &cursor, keys: &keys }.at(slot)
}

struct Proposing<'a> {
    typed: Typed<'a>,
    cursor: &'a Cursor,
    keys: &'a [Key],
}

impl Proposing<'_> {
    fn at(&self, slot: Slot) -> Vec<CompletionItem> {
        // An item that is begun may be a value, where the list has plain ones.
        let item = matches!(self.cursor.path.last(), Some(Step::Index(_)));
        match (slot::entered(slot), self.cursor.value) {
            (Slot::Group(fields), false) => self.keys(fields, ""),
            (Slot::Untyped(key, types), false) => self.type_key(key, types),
            (Slot::Type(types), true) => self.types(types),
            (Slot::Value { field, one }, value) if value || item => self.values(field, one),
            // At the indentation of a list's items, its next item.
            (Slot::Value { field, .. }, false) => match &field.widget {
                Widget::List { item: Item::Fields(fields), .. } => self.keys(fields, "- "),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// The keys of a group that it does not have yet.
    fn keys(&self, fields: &[Field], mark: &str) -> Vec<CompletionItem> {
        let cursor = self.cursor;
        let there = |name: &str| {
            let beside = |it: &Key| match it.path.split_last() {
                Some((Step::Key(key), group)) => {
                    **key == *name && *group == *cursor.path && it.name != cursor.word
                }
                _ => false,
            };
            self.keys.iter().any(beside) || cursor.beside.iter().any(|it| it == name)
        };
        let top = cursor.path.is_empty();
        let wanted = |it: &&Field| export::is_key(it, top) && !there(&it.name);
        let fields = fields.iter().filter(wanted).enumerate();
        fields.map(|(at, field)| self.key(at, field, mark)).collect()
    }

    fn key(&self, at: usize, field: &Field, mark: &str) -> CompletionItem {
        let needed = field.required || !field.rules.required_in.is_empty();
        let text = match (self.cursor.followed, self.cursor.flow) {
            (true, _) => field.name.to_string(),
            (false, true) => format!("{}: ", field.name),
            (false, false) => self.lines_of(field, mark),
        };
        CompletionItem {
            kind: Some(CompletionItemKind::Property),
            detail: Some(format!("{} ({})", field.label, words::need(field))),
            documentation: Some(markdown(words::of(field))),
            sort_text: Some(format!("{}{at:04}", if needed { 'a' } else { 'b' })),
            ..self.item(field.name.to_string(), text, true)
        }
    }

    /// A key with what its widget takes: an inner line for a group, brackets for a list.
    fn lines_of(&self, field: &Field, mark: &str) -> String {
        if !self.typed.snippets {
            return format!("{mark}{}: ", field.name);
        }
        let mut lines = export::of_field(field, self.typed.model.today());
        if let [line] = lines.as_slice()
            && line.ends_with(':')
        {
            let list = matches!(field.widget, Widget::List { .. });
            lines.push(if list { "  - $1" } else { "  $1" }.to_owned());
        }
        if let Widget::List { item: Item::Types { key, types }, .. } = &field.widget {
            lines = vec![format!("{}:", field.name), format!("  - {}", chosen(key, types))];
        }
        let inner = " ".repeat(mark.len());
        format!("{mark}{}", lines.join(&format!("\n{inner}")))
    }

    fn type_key(&self, key: &str, types: &Types) -> Vec<CompletionItem> {
        let text = match self.typed.snippets && !self.cursor.followed {
            true => chosen(key, types),
            false => key.to_owned(),
        };
        let item = self.item(key.to_owned(), text, true);
        vec![CompletionItem { kind: Some(CompletionItemKind::Property), ..item }]
    }

    fn types(&self, types: &Types) -> Vec<CompletionItem> {
        let choice = |name: &str| Choice { text: name.to_owned(), detail: None, plain: false };
        let names = types.iter().enumerate();
        names.map(|(at, (name, _))| self.value(at, &choice(name), false)).collect()
    }

    /// The values of a field; `one` where it takes several and this is one of them.
    fn values(&self, field: &Field, one: bool) -> Vec<CompletionItem> {
        let several = match &field.widget {
            Widget::Select { multiple, .. } | Widget::Relation { multiple, .. } => *multiple,
            _ => false,
        };
        let found = values::of(self.typed.model, field, self.typed.path);
        let found = found.iter().enumerate();
        found.map(|(at, it)| self.value(at, it, several && !one)).collect()
    }

    fn value(&self, at: usize, choice: &Choice, bracket: bool) -> CompletionItem {
        let word = &self.typed.text[self.cursor.word.clone()];
        let mut text = match choice.plain {
            true => choice.text.clone(),
            false => scalar(&choice.text, self.cursor.flow || bracket),
        };
        if bracket {
            text = format!("[{text}]");
        }
        // A colon with nothing behind it is no key of YAML yet.
        if self.typed.text[..self.cursor.word.start].ends_with(':') {
            text.insert(0, ' ');
        }
        let quote = word.chars().next().filter(|it| matches!(it, '"' | '\''));
        CompletionItem {
            kind: Some(CompletionItemKind::Value),
            detail: choice.detail.clone(),
            sort_text: Some(format!("{at:05}")),
            // Editors compare with what is typed, quote included.
            filter_text: quote.map(|quote| format!("{quote}{}", choice.text)),
            ..self.item(choice.text.clone(), text, false)
        }
    }

    fn item(&self, label: String, new_text: String, snippet: bool) -> CompletionItem {
        item(self.typed, self.cursor.word.clone(), (label, new_text), snippet)
    }
}

/// The key that says a group's type, with the types to choose from.
fn chosen(key: &str, types: &Types) -> String {
    let names: Vec<&str> = types.iter().map(|(name, _)| &**name).collect();
    format!("{key}: ${{1|{}|}}", names.join(","))
}

fn item(
    typed: Typed,
    word: Range<usize>,
    (label, new_text): (String, String),
    snippet: bool,
) -> CompletionItem {
    let snippet = snippet && typed.snippets;
    let range = typed.lines.range(word);
    CompletionItem {
        label,
        insert_text_format: snippet.then_some(InsertTextFormat::Snippet),
        insert_text_mode: snippet.then_some(InsertTextMode::AdjustIndentation),
        text_edit: Some(TextEdit { range, new_text }.into()),
        ..CompletionItem::default()
    }
}

/// The directives of the theme that the body may use, after colons at the start of a line.
fn directives(typed: Typed, fields: &[Field], offset: usize) -> Vec<CompletionItem> {
    let Some((_, engine)) = &typed.model.world else { return Vec::new() };
    let start = typed.text[..offset].rfind(['\n', '\r']).map_or(0, |it| it + 1);
    let line = &typed.text[start..offset];
    let name = line.trim_start_matches(':');
    let plain = |char: char| char.is_ascii_alphanumeric() || "-_".contains(char);
    if line.len() - name.len() < 2 || !name.chars().all(plain) {
        return Vec::new();
    }
    let word = offset - name.len()..offset;
    let body = fields.iter().find(|it| &*it.name == "body");
    let allowed = body.and_then(|it| it.rules.directives.as_ref());
    let offered = engine.offered().into_iter();
    let offered = offered.filter(|(name, _)| allowed.is_none_or(|it| it.contains(name)));
    let one = |(name, summary): (String, String)| CompletionItem {
        kind: Some(CompletionItemKind::Function),
        detail: Some(summary),
        ..item(typed, word.clone(), (name.clone(), name), false)
    };
    offered.map(one).collect()
}

fn markdown(value: String) -> Documentation {
    MarkupContent { kind: MarkupKind::Markdown, value }.into()
}

/// A text as YAML, in quotes where it needs them, which it does sooner in brackets.
fn scalar(text: &str, flow: bool) -> String {
    match flow && text.contains([',', '[', ']', '{', '}']) {
        true => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
        false => serde_yaml::to_string(text).unwrap_or_default().trim_end().to_owned(),
    }
}
