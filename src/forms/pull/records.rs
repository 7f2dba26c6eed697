//! Records of enquiries, found in what a host's command printed: a record, a list, lines, a table of D1, a list of KV.
//! All of it is untrusted; what is no record is told by its number, and never by what it says.

use serde_json::{Map, Value};

use crate::store::seal::Envelope;

/// The longest envelope in bytes: the longest submission, each byte of it escaped, and the wordings of its consents.
const LONGEST: usize = 1 << 20;
/// How many faults of one text are told by themselves.
const TOLD: usize = 1000;
/// In how many lists and objects a record may stand.
const DEEP: usize = 4;
/// What helps where something is damaged.
const AGAIN: &str = "fetch it again as docs/forms-edge.md says";

/// In what a host keeps enquiries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sink {
    /// Cloudflare's D1.
    D1,
    /// Cloudflare's KV.
    Kv,
    /// A bucket of S3, or what a webhook was sent.
    Files,
}

/// A record that has the shape of one.
#[derive(Clone, Debug)]
pub struct Record {
    /// Which one of its text it is, from 1.
    pub number: usize,
    /// The enquiry's id.
    pub id: String,
    /// The form's name, as the record says.
    pub form: String,
    /// What is sealed.
    pub envelope: Envelope,
    /// In what it was kept.
    pub sink: Sink,
}

/// What cannot be taken for a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which one of its text it is, from 1; 0 is the text as a whole.
    pub number: usize,
    /// Why, and what helps.
    pub words: String,
}

/// What was found in a text.
#[derive(Debug, Default)]
pub struct Found {
    /// The records, in their order.
    pub records: Vec<Record>,
    /// What is no record, in its order.
    pub faults: Vec<Fault>,
    /// How many there were, records or not.
    count: usize,
    /// How many faults are not told by themselves.
    untold: usize,
}

/// Finds the records in a text. Lines without JSON, such as a tool's greeting, are passed over.
pub fn read(bytes: &[u8]) -> Found {
    let mut found = Found::default();
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => found.text(text),
        Err(_) if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") => {
            found.whole("it is UTF-16; in PowerShell, write it with `| Out-File -Encoding utf8`");
        }
        Err(_) => found.whole(&format!("it is not UTF-8; {AGAIN}")),
    }
    if found.untold > 0 {
        found.whole(&format!("{} more are no records either", found.untold));
    }
    found
}

impl Found {
    fn text(&mut self, text: &str) {
        let mut rest = text.trim_start();
        let mut any = false;
        while !rest.is_empty() {
            let line = rest.find('\n').unwrap_or(rest.len());
            if !rest.starts_with(['{', '[']) {
                // A line with quotation marks was more than words.
                if rest[..line].contains('"') {
                    any = true;
                    self.count += 1;
                    self.fault(format!("its beginning is missing; {AGAIN}"));
                }
                rest = rest[line..].trim_start();
                continue;
            }
            any = true;
            let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
            match values.next() {
                Some(Ok(value)) => {
                    self.value(&value, Sink::Files, 0);
                    rest = rest[values.byte_offset()..].trim_start();
                }
                failed => {
                    self.count += 1;
                    // What serde says may quote what it read.
                    let error = failed.and_then(Result::err);
                    let deep = error.is_some_and(|it| it.to_string().contains("recursion limit"));
                    let what = if deep { "it is nested too deeply" } else { "its JSON is damaged" };
                    self.fault(format!("{what}; {AGAIN}"));
                    // The next one begins a line.
                    let next = rest.match_indices("\n{").next();
                    rest = next.map_or("", |(at, _)| &rest[at + 1..]);
                }
            }
        }
        if !any {
            self.whole(&format!("there is no JSON in it; {AGAIN}"));
        }
    }

    /// Looks at a value: a record, or what holds some.
    fn value(&mut self, value: &Value, sink: Sink, depth: usize) {
        match value {
            Value::Array(items) if depth < DEEP => {
                items.iter().for_each(|it| self.value(it, sink, depth + 1));
            }
            Value::Object(object) if object.contains_key("envelope") => self.object(object, sink),
            Value::Object(object) if depth < DEEP && self.holds(object, depth) => {}
            _ => {
                self.count += 1;
                self.fault(format!("it is no record of an enquiry; {AGAIN}"));
            }
        }
    }

    /// Looks into an object that holds records; whether it is one.
    fn holds(&mut self, object: &Map<String, Value>, depth: usize) -> bool {
        if object.get("success") == Some(&Value::Bool(false)) {
            self.count += 1;
            self.fault("it is the report of a failure at the host; do it again there".to_owned());
            return true;
        }
        // What `wrangler d1 execute --json` prints.
        if let Some(rows @ Value::Array(_)) = object.get("results") {
            self.value(rows, Sink::D1, depth + 1);
            return true;
        }
        // What `wrangler kv bulk get` prints: values by key, as texts of JSON.
        let values = object.get("values").and_then(Value::as_object).unwrap_or(object);
        if values.is_empty() || !values.keys().all(|it| it.starts_with("enquiry/")) {
            return false;
        }
        for value in values.values() {
            let value = value.get("value").unwrap_or(value);
            match value {
                // It expired between two commands.
                Value::Null => {}
                Value::String(text) => match serde_json::from_str(text) {
                    Ok(value) => self.value(&value, Sink::Kv, DEEP),
                    Err(_) => {
                        self.count += 1;
                        self.fault(format!("its JSON is damaged; {AGAIN}"));
                    }
                },
                value => self.value(value, Sink::Kv, DEEP),
            }
        }
        true
    }

    fn object(&mut self, object: &Map<String, Value>, sink: Sink) {
        self.count += 1;
        match record(object, sink, self.count) {
            Ok(record) => self.records.push(record),
            Err(words) => self.fault(words),
        }
    }

    fn fault(&mut self, words: String) {
        match self.faults.len() < TOLD {
            true => self.faults.push(Fault { number: self.count, words }),
            false => self.untold += 1,
        }
    }

    fn whole(&mut self, words: &str) {
        self.faults.push(Fault { number: 0, words: words.to_owned() });
    }
}

fn record(object: &Map<String, Value>, sink: Sink, number: usize) -> Result<Record, String> {
    let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
    let (id, form) = (text("id").to_owned(), text("form").to_owned());
    if !is_id(&id) {
        return Err(format!("its `id` is not the name of an enquiry; {AGAIN}"));
    }
    if form.is_empty() || form.len() > 200 {
        return Err(format!("its `form` is not the name of a form; {AGAIN}"));
    }
    // D1 has the envelope as a text.
    let (json, sink) = match object.get("envelope") {
        Some(Value::String(text)) => (text.clone(), Sink::D1),
        Some(value @ Value::Object(_)) => (value.to_string(), sink),
        _ => return Err(format!("its `envelope` is neither an object nor a text; {AGAIN}")),
    };
    if json.len() > LONGEST {
        return Err(
            "it is longer than an enquiry can be; it was not made by Galen's functions".to_owned()
        );
    }
    let envelope = Envelope::parse(&json).map_err(|error| format!("{error}; {AGAIN}"))?;
    Ok(Record { number, id, form, envelope, sink })
}

/// Whether a text is a name as functions give them: `4K7M-Q2ZD-0XNW`.
fn is_id(text: &str) -> bool {
    let part = |it: &str| {
        it.len() == 4 && it.bytes().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit())
    };
    text.len() == 14 && text.split('-').count() == 3 && text.split('-').all(part)
}

/// Writes what deletes enquiries at their host: SQL for D1, a list of keys for KV, names of files for others. Takes forms and
/// ids, which are those of [`Record`]s that were kept.
pub fn deletion(sink: Sink, all: &[(String, String)]) -> String {
    let names = |before: &'static str, after: &'static str| {
        all.iter().map(move |(form, id)| format!("{before}/{form}/{id}{after}"))
    };
    match sink {
        Sink::D1 => {
            let ids: Vec<String> = all.iter().map(|(_, id)| format!("'{id}'")).collect();
            let some = |ids: &[String]| {
                format!("DELETE FROM galen_enquiries WHERE id IN ({});\n", ids.join(", "))
            };
            ids.chunks(100).map(some).collect()
        }
        Sink::Kv => {
            let keys: Vec<String> = names("enquiry", "").collect();
            serde_json::to_string_pretty(&keys).unwrap_or_default() + "\n"
        }
        Sink::Files => names("enquiries", ".json\n").collect(),
    }
}
