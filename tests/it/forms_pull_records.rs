//! Records of enquiries, found in every shape in which hosts print them, and in nothing else.

use galen::forms::pull::{Sink, deletion, read};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::forms_pull::kept;

const AGAIN: &str = "fetch it again as docs/forms-edge.md says";

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[test]
fn every_shape_in_which_hosts_print_is_read() {
    let all = kept();
    let lines: Vec<String> = all.iter().map(Value::to_string).collect();
    let as_text = |it: &Value| {
        let mut row = it.clone();
        row["envelope"] = it["envelope"].to_string().into();
        row
    };
    let rows: Vec<Value> = all.iter().map(as_text).collect();
    let key = |it: &Value| format!("enquiry/{}/{}", text(&it["form"]), text(&it["id"]));
    let kv: serde_json::Map<String, Value> =
        all.iter().map(|it| (key(it), json!({"value": it.to_string()}))).collect();
    let pretty = |it: &Value| serde_json::to_string_pretty(it).unwrap();
    let d1 = json!([{"results": rows, "success": true, "meta": {"duration": 0.4}}]);
    let shapes = [
        (Sink::Files, pretty(&Value::Array(all.clone()))),
        (Sink::Files, lines.join("\n")),
        (Sink::Files, lines.join("\r\n") + "\r\n\r\n"),
        (Sink::Files, lines.concat()),
        (Sink::Files, all.iter().map(pretty).collect()),
        (Sink::D1, format!("\u{feff}{}", pretty(&d1))),
        (Sink::D1, Value::Array(rows).to_string()),
        (
            Sink::Kv,
            format!("wrangler 4.20.0\n-----\n{}\n\nSuccess!\n", pretty(&Value::Object(kv.clone()))),
        ),
        (Sink::Kv, json!({"values": kv}).to_string()),
    ];
    for (sink, shape) in &shapes {
        let found = read(shape.as_bytes());
        assert!(found.faults.is_empty(), "{shape}: {:?}", found.faults);
        let ids: Vec<_> = found.records.iter().map(|it| it.id.clone()).collect();
        assert_eq!(ids, all.iter().map(|it| text(&it["id"])).collect::<Vec<_>>(), "{shape}");
        assert!(found.records.iter().all(|it| it.sink == *sink), "{shape}");
    }
    assert_eq!(read(all[1].to_string().as_bytes()).records.len(), 1);
    let nothing = read(br#"[{"results": [], "success": true}]"#);
    assert!(nothing.records.is_empty() && nothing.faults.is_empty());
    let expired = read(br#"{"enquiry/everything/AAAA-BBBB-CCCC": {"value": null}}"#);
    assert!(expired.records.is_empty() && expired.faults.is_empty());
}

#[test]
fn what_is_no_record_is_told_by_its_number() {
    let record = kept()[0].clone();
    let line = record.to_string();
    let deep = "[".repeat(200);
    let long = "A".repeat(1 << 20);
    let told = |text: &str| -> (usize, Vec<String>) {
        let found = read(text.as_bytes());
        let faults = found.faults.iter().map(|it| format!("{}: {}", it.number, it.words));
        (found.records.len(), faults.collect())
    };
    let one = |text: &str, number: usize, words: &str| {
        let (_, faults) = told(text);
        assert!(
            faults.len() == 1 && faults[0].starts_with(&format!("{number}: {words}")),
            "{text:.200}: {faults:?}"
        );
    };
    one("", 0, "there is no JSON in it");
    one("INSERT INTO galen_enquiries VALUES(1);\n", 0, "there is no JSON in it");
    one(&line[..200], 1, "its JSON is damaged");
    one(&deep, 1, "it is nested too deeply");
    one("[[[[[[1]]]]]]", 1, "it is no record of an enquiry");
    one("{}", 1, "it is no record of an enquiry");
    one(
        r#"{"success": false, "errors": ["secret"]}"#,
        1,
        "it is the report of a failure at the host",
    );
    one(r#"{"enquiry/a/b": {"value": "{"}}"#, 1, "its JSON is damaged");
    one(
        &line.replace(r#""id":"RR42"#, r#""id":"rr42"#),
        1,
        "its `id` is not the name of an enquiry",
    );
    one(
        &line.replace(r#""form":"everything""#, r#""form":7"#),
        1,
        "its `form` is not the name of a form",
    );
    one(&line.replace(r#""v":1"#, r#""v":2"#), 1, "the envelope was made by a newer Galen");
    one(
        &line.replace(r#""public":"2"#, "\"public\":\"\\u001b"),
        1,
        "the envelope is damaged: its key has no name",
    );
    one(
        &line.replace(r#""box":""#, &format!(r#""box":"{long}"#)),
        1,
        "it is longer than an enquiry can be",
    );
    one(r#"{"id":"AAAA-AAAA-AAAA","form":"a","envelope":null}"#, 1, "its `envelope` is neither");
    // Of lines, those that are sound are found.
    let (records, faults) =
        told(&format!("{line}\n{}\n{line}\n{}\n{line}", &line[..300], &line[50..]));
    assert_eq!(records, 3);
    let words = |number: usize, what: &str| format!("{number}: {what}; {AGAIN}");
    assert_eq!(faults, [words(2, "its JSON is damaged"), words(4, "its beginning is missing")]);
    let (_, faults) = told(&"{}\n".repeat(5000));
    assert_eq!((faults.len(), &*faults[1000]), (1001, "0: 4000 more are no records either"));
    let utf16: Vec<u8> = "\u{feff}{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(read(&utf16).faults[0].words.starts_with("it is UTF-16; in PowerShell"));
    assert!(read(b"{\xff}").faults[0].words.starts_with("it is not UTF-8"));
}

#[test]
fn what_deletes_at_the_host_is_written() {
    let all: Vec<(String, String)> =
        (0..101).map(|at| ("f".to_owned(), format!("ID-{at}"))).collect();
    assert_eq!(
        deletion(Sink::D1, &all[..2]),
        "DELETE FROM galen_enquiries WHERE id IN ('ID-0', 'ID-1');\n"
    );
    assert_eq!(deletion(Sink::D1, &all).lines().count(), 2);
    assert_eq!(deletion(Sink::Kv, &all[..1]), "[\n  \"enquiry/f/ID-0\"\n]\n");
    assert_eq!(deletion(Sink::Files, &all[..2]), "enquiries/f/ID-0.json\nenquiries/f/ID-1.json\n");
}

proptest! {
    #[test]
    fn nothing_that_is_read_is_a_fault_of_galen(at in 0usize..900, byte: u8, cut in 0usize..900, text in "[\\[\\]{}\",:a-z0-9\n ]{0,60}") {
        let mut bytes = kept()[0].to_string().into_bytes();
        let end = bytes.len();
        bytes[at % end] = byte;
        bytes.truncate(end - cut % end);
        bytes.extend(text.as_bytes());
        for bytes in [bytes.as_slice(), text.as_bytes()] {
            let found = read(bytes);
            prop_assert!(found.records.len() < 20 && found.faults.len() < 100);
        }
    }
}
