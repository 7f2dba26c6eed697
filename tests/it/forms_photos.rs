//! Photographs that come with an enquiry: made anew, kept with it, or refused with nothing kept.

use std::io::Cursor;

use axum::body::Body;
use axum::http::Request;
use galen::forms::{Definitions, Sealed};
use galen::store::Filter;
use galen::store::seal::{open_key, seal_photo};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use serde_json::{Value, json};

use crate::forms::{Trial, contract, contract_of, now};

/// A text that stands in files beside their pixels.
const CANARY: &[u8] = b"KANARIENVOGEL 51.5007N 0.1246W";
const RED: [u8; 3] = [220, 20, 20];
const GREEN: [u8; 3] = [20, 180, 20];
const BLUE: [u8; 3] = [20, 20, 220];
const WHITE: [u8; 3] = [255, 255, 255];

/// A part of a body: its headers after `form-data`, and what is in it.
type Part = (String, Vec<u8>);

pub(crate) fn text(name: &str, text: &str) -> Part {
    (format!("; name=\"{name}\""), text.as_bytes().to_vec())
}

pub(crate) fn file(name: &str, file: &str, bytes: &[u8]) -> Part {
    let head = format!("; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: image/jpeg");
    (head, bytes.to_vec())
}

pub(crate) fn body(parts: &[Part]) -> Vec<u8> {
    let mut out = Vec::new();
    for (head, content) in parts {
        out.extend(b"--edge\r\nContent-Disposition: form-data");
        out.extend(head.as_bytes());
        out.extend(b"\r\n\r\n");
        out.extend(content);
        out.extend(b"\r\n");
    }
    out.extend(b"--edge--\r\n");
    out
}

/// An enquiry that is taken, with photographs.
pub(crate) fn enquiry(photos: &[Part]) -> Vec<Part> {
    let mut parts = vec![
        text("name", "Ada"),
        text("email", "ada@example.com"),
        text("clinic", "lane"),
        text("message", "One\r\ntwo"),
        text("consent", "yes"),
    ];
    parts.extend(photos.iter().cloned());
    parts
}

fn request(kind: &str, body: Vec<u8>, json: bool) -> Request<Body> {
    let request = Request::post("/api/forms/everything")
        .header("host", "clinic.example")
        .header("sec-fetch-site", "same-origin")
        .header("accept", if json { "application/json" } else { "text/html" })
        .header("content-type", kind);
    request.body(Body::from(body)).unwrap()
}

const KIND: &str = "multipart/form-data; boundary=edge";

/// Sends parts as a program does; gives the status and the answer.
fn send(trial: &Trial, parts: &[Part]) -> (u16, Value) {
    let (status, _, text) = trial.send(request(KIND, body(parts), true));
    (status, serde_json::from_str(&text).unwrap())
}

/// What is kept: the answers, and the photographs opened. All of it is removed.
fn take(trial: &mut Trial) -> Vec<(Sealed, Vec<Vec<u8>>)> {
    let all = trial.store.list(&Filter::default()).unwrap();
    let mut pictures = Vec::new();
    for summary in &all {
        let key = trial.store.data_key(&summary.data_key).unwrap().unwrap();
        let key = open_key(std::slice::from_ref(&trial.key), &key).unwrap();
        let photos = trial.store.photos(&summary.id).unwrap();
        let open = |it| key.open_photo(&summary.form, &summary.id, it).unwrap().to_vec();
        pictures.push(photos.iter().map(open).collect());
    }
    trial.take().into_iter().zip(pictures).collect()
}

pub(crate) fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, format).unwrap();
    out.into_inner()
}

/// Four quarters: red, green, blue, white.
pub(crate) fn quarters(width: u32, height: u32) -> DynamicImage {
    let color = |x, y| match (x < width / 2, y < height / 2) {
        (true, true) => RED,
        (false, true) => GREEN,
        (true, false) => BLUE,
        (false, false) => WHITE,
    };
    RgbImage::from_fn(width, height, |x, y| Rgb(color(x, y))).into()
}

/// A block of a camera's notes (EXIF 2.32): how the picture is turned, what it shows and where it was taken.
fn exif(orientation: u8) -> Vec<u8> {
    let mut out = b"II*\0\x08\0\0\0".to_vec();
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        let parts = [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes()];
        [parts.concat(), value.to_le_bytes().to_vec()].concat()
    };
    // Two entries and the number of the next directory: the text stands behind them, then the directory of the place.
    let after = 8 + 2 + 3 * 12 + 4;
    let length = u32::try_from(CANARY.len()).unwrap();
    out.extend(3u16.to_le_bytes());
    out.extend(entry(0x010e, 2, length, after));
    out.extend(entry(0x0112, 3, 1, u32::from(orientation)));
    out.extend(entry(0x8825, 4, 1, after + length));
    out.extend([0; 4]);
    out.extend(CANARY);
    out.extend(1u16.to_le_bytes());
    out.extend(entry(1, 2, 2, u32::from(b'N')));
    out.extend([0; 4]);
    out
}

/// Puts notes and a remark behind the start of a JPEG, and a script behind its end.
fn noted(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let notes = [b"Exif\0\0", &exif(orientation)[..]].concat();
    let segment = |mark: u8, content: &[u8]| {
        let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
        [&[0xff, mark], &length[..], content].concat()
    };
    let script = [b"<script>/*", CANARY, b"*/</script>"].concat();
    let colors = [b"ICC_PROFILE\0\x01\x01", CANARY].concat();
    let parts = [
        &jpeg[..2],
        &segment(0xe1, &notes),
        &segment(0xe2, &colors),
        &segment(0xfe, CANARY),
        &jpeg[2..],
        &script,
    ];
    parts.concat()
}

fn has(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|it| it == what)
}

/// The colour in the middle of each quarter, from the left and from above.
fn corners(picture: &DynamicImage) -> [[u8; 3]; 4] {
    let picture = picture.to_rgb8();
    let (width, height) = picture.dimensions();
    let at = |x: u32, y: u32| picture.get_pixel(width * x / 4, height * y / 4).0;
    [at(1, 1), at(3, 1), at(1, 3), at(3, 3)]
}

fn alike(one: [[u8; 3]; 4], other: [[u8; 3]; 4]) -> bool {
    one.as_flattened().iter().zip(other.as_flattened()).all(|(a, b)| a.abs_diff(*b) < 25)
}

#[test]
fn pictures_of_each_kind_are_kept_anew_and_nothing_else_of_their_files() {
    let mut trial = Trial::with(|_| {});
    let picture = quarters(64, 48);
    let jpeg = noted(&encoded(&picture, ImageFormat::Jpeg), 1);
    assert!(has(&jpeg, CANARY), "the look finds what is there");
    let png = [encoded(&picture, ImageFormat::Png), CANARY.to_vec()].concat();
    let webp = encoded(&picture, ImageFormat::WebP);
    for (name, bytes) in [("a.jpg", jpeg), ("Фото \u{1f4f7}.png", png), ("../../etc/passwd", webp)]
    {
        let (status, answer) = send(&trial, &enquiry(&[file("before", name, &bytes)]));
        assert_eq!((status, &answer["ok"]), (200, &json!(true)), "{name}: {answer}");
        let kept = take(&mut trial);
        let [(sealed, pictures)] = kept.as_slice() else { panic!("{name}: {} kept", kept.len()) };
        let answers = serde_json::to_value(&sealed.answers).unwrap();
        assert_eq!(answers["before"], json!(["before-1.jpg"]), "{name}");
        assert_eq!(answers["message"], "One\ntwo");
        assert!(!answers.to_string().contains(name), "{name} is kept");
        let [kept] = pictures.as_slice() else { panic!("{name}: {} pictures", pictures.len()) };
        assert!(!has(kept, CANARY) && !has(kept, b"Exif") && !has(kept, b"ICC"), "{name}");
        assert!(kept.starts_with(b"\xff\xd8\xff\xe0") && kept.ends_with(b"\xff\xd9"), "{name}");
        let seen = image::load_from_memory_with_format(kept, ImageFormat::Jpeg).unwrap();
        assert_eq!((seen.width(), seen.height()), (64, 48), "{name}");
        assert!(alike(corners(&seen), [RED, GREEN, BLUE, WHITE]), "{name}: {:?}", corners(&seen));
    }
}

#[test]
fn several_are_numbered_in_their_order_and_empty_inputs_are_none() {
    let mut trial = Trial::with(|_| {});
    let one = |color: [u8; 3]| {
        let picture = RgbImage::from_pixel(20, 20, Rgb(color));
        encoded(&picture.into(), ImageFormat::Png)
    };
    let two = [file("before", "b", &one(RED)), file("before", "a", &one(BLUE))];
    assert_eq!(send(&trial, &enquiry(&two)).0, 200);
    let nothing = (
        r#"; name="before"; filename=""
Content-Type: application/octet-stream"#
            .replace('\n', "\r\n"),
        Vec::new(),
    );
    assert_eq!(send(&trial, &enquiry(&[nothing, text("before", "")])).0, 200);
    let kept = take(&mut trial);
    assert_eq!(kept.len(), 2);
    let of = |it: &Sealed| serde_json::to_value(&it.answers).unwrap()["before"].clone();
    let (sealed, pictures) = kept.iter().find(|it| !it.1.is_empty()).unwrap();
    assert_eq!(of(sealed), json!(["before-1.jpg", "before-2.jpg"]));
    for (bytes, color) in pictures.iter().zip([RED, BLUE]) {
        let seen = image::load_from_memory(bytes).unwrap();
        assert!(alike(corners(&seen), [color; 4]), "{:?}", corners(&seen));
    }
    let (sealed, _) = kept.iter().find(|it| it.1.is_empty()).unwrap();
    assert_eq!(of(sealed), Value::Null);
}

#[test]
fn pictures_stand_the_right_way_up() {
    let mut trial = Trial::with(|_| {});
    let jpeg = encoded(&quarters(80, 40), ImageFormat::Jpeg);
    let ways = [
        (1, [RED, GREEN, BLUE, WHITE]),
        (2, [GREEN, RED, WHITE, BLUE]),
        (3, [WHITE, BLUE, GREEN, RED]),
        (4, [BLUE, WHITE, RED, GREEN]),
        (5, [RED, BLUE, GREEN, WHITE]),
        (6, [BLUE, RED, WHITE, GREEN]),
        (7, [WHITE, GREEN, BLUE, RED]),
        (8, [GREEN, WHITE, RED, BLUE]),
        // What a file says of itself may be nonsense.
        (99, [RED, GREEN, BLUE, WHITE]),
    ];
    for (orientation, expected) in ways {
        let photo = file("before", "a.jpg", &noted(&jpeg, orientation));
        assert_eq!(send(&trial, &enquiry(&[photo])).0, 200, "{orientation}");
        let seen = image::load_from_memory(&take(&mut trial)[0].1[0]).unwrap();
        let size = if (5..=8).contains(&orientation) { (40, 80) } else { (80, 40) };
        assert_eq!((seen.width(), seen.height()), size, "{orientation}");
        assert!(alike(corners(&seen), expected), "{orientation}: {:?}", corners(&seen));
    }
}

#[test]
fn large_pictures_are_made_smaller_and_clear_ones_put_on_white() {
    let mut trial = Trial::with(|_| {});
    let clear = RgbaImage::from_fn(40, 40, |x, _| Rgba([200, 0, 0, if x < 20 { 0 } else { 255 }]));
    let clear = encoded(&clear.into(), ImageFormat::Png);
    let deep = DynamicImage::ImageRgb16(quarters(50, 50).to_rgb16());
    for (bytes, size, expected) in [
        (encoded(&quarters(3000, 1500), ImageFormat::Png), (2400, 1200), [RED, GREEN, BLUE, WHITE]),
        (encoded(&quarters(1000, 5000), ImageFormat::Jpeg), (480, 2400), [RED, GREEN, BLUE, WHITE]),
        (encoded(&quarters(1, 1), ImageFormat::Png), (1, 1), [WHITE; 4]),
        (encoded(&deep, ImageFormat::Png), (50, 50), [RED, GREEN, BLUE, WHITE]),
        (clear, (40, 40), [WHITE, [200, 0, 0], WHITE, [200, 0, 0]]),
    ] {
        assert_eq!(send(&trial, &enquiry(&[file("before", "a", &bytes)])).0, 200, "{size:?}");
        let seen = image::load_from_memory(&take(&mut trial)[0].1[0]).unwrap();
        assert_eq!((seen.width(), seen.height()), size);
        assert!(alike(corners(&seen), expected), "{size:?}: {:?}", corners(&seen));
    }
}

/// A PNG that says to be as large as it likes.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut png = encoded(&quarters(8, 8), ImageFormat::Png);
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = png[12..29].iter().fold(!0u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg())
        })
    });
    png[29..33].copy_from_slice(&(!sum).to_be_bytes());
    png
}

#[test]
fn what_is_no_photograph_is_told_at_the_question_and_nothing_is_kept() {
    let mut trial = Trial::with(|_| {});
    let jpeg = encoded(&quarters(200, 200), ImageFormat::Jpeg);
    let png = encoded(&quarters(200, 200), ImageFormat::Png);
    let webp = encoded(&quarters(200, 200), ImageFormat::WebP);
    let half = |bytes: &[u8]| bytes[..bytes.len() / 2].to_vec();
    let heavy = [&jpeg[..], &vec![0; 9 << 20]].concat();
    let mut scans = jpeg[..jpeg.len() - 2].to_vec();
    scans.extend(b"\xff\xda\0\x08\x01\x01\0\0\x3f\0".repeat(60));
    scans.extend(b"\xff\xd9");
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let invalid = "no photograph that we can read";
    for (what, bytes, says) in [
        ("HTML", b"<!doctype html><script>alert(1)</script>".to_vec(), invalid),
        ("SVG", svg.to_vec(), invalid),
        ("GIF", b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), invalid),
        ("a first byte", vec![0xff], invalid),
        ("an empty file", Vec::new(), invalid),
        ("the start of a JPEG", b"\xff\xd8\xff".to_vec(), invalid),
        ("half a JPEG", half(&jpeg), invalid),
        ("half a PNG", half(&png), invalid),
        ("half a WebP", half(&webp), invalid),
        ("a JPEG that goes over itself", scans, invalid),
        ("a PNG of 900 megapixels", bomb(30_000, 30_000), "too large"),
        ("a PNG of 41 megapixels", bomb(41_000_000, 1), "too large"),
        ("a PNG without height", bomb(8, 0), invalid),
        ("9 MB", heavy, "too large"),
    ] {
        let (status, answer) = send(&trial, &enquiry(&[file("before", "a.jpg", &bytes)]));
        assert_eq!(status, 422, "{what}: {answer}");
        let said = answer["errors"]["before"][0].as_str().unwrap_or_default();
        assert!(said.contains(says), "{what}: {answer}");
        assert_eq!(answer["errors"].as_object().unwrap().len(), 1, "{what}: {answer}");
        assert!(take(&mut trial).is_empty(), "{what} is kept");
    }
    let photo = file("before", "a.jpg", &jpeg);
    for number in [3, 4, 30] {
        let (status, answer) = send(&trial, &enquiry(&vec![photo.clone(); number]));
        let said = answer["errors"]["before"][0].as_str().unwrap_or_default();
        assert_eq!((status, said.contains("at most 2 photographs")), (422, true), "{answer}");
    }
    // One that is flawed takes the good one with it.
    let (status, _) = send(&trial, &enquiry(&[photo, file("before", "b.jpg", &half(&jpeg))]));
    assert_eq!((status, take(&mut trial).len()), (422, 0));
}

#[test]
fn a_name_in_the_place_of_a_photograph_is_never_lost_silently() {
    let mut trial = Trial::with(|_| {});
    let fields =
        "name=Ada&email=a%40b.example&clinic=lane&consent=yes&before=IMG_1.jpg&before=b.jpg";
    let form = "application/x-www-form-urlencoded";
    let json =
        r#"{"name":"Ada","email":"a@b.example","clinic":"lane","consent":"yes","before":"x"}"#;
    let parts = body(&enquiry(&[text("before", "IMG_1.jpg")]));
    for (kind, body) in [(form, fields.into()), ("application/json", json.into()), (KIND, parts)] {
        let (status, _, text) = trial.send(request(kind, body, true));
        assert_eq!((status, text.contains("did not arrive")), (422, true), "{kind}: {text}");
    }
    assert!(take(&mut trial).is_empty());
}

#[test]
fn bodies_that_are_no_submission_are_refused() {
    let mut trial = Trial::with(|_| {});
    let jpeg = encoded(&quarters(16, 16), ImageFormat::Jpeg);
    let photo = || file("before", "a.jpg", &jpeg);
    let head = |head: &str| vec![(head.to_owned(), b"x".to_vec())];
    let whole = body(&enquiry(&[photo()]));
    let text_of = |bytes: &[u8]| vec![("; name=\"name\"".to_owned(), bytes.to_vec())];
    let twice = "; name=\"name\"\r\nContent-Disposition: form-data; name=\"nobody\"";
    let many: Vec<Part> = (0..201).map(|_| text("days", "mon")).collect();
    type Case<'a> = (&'a str, &'a str, Vec<u8>, (u16, &'a str));
    let cases: Vec<Case> = vec![
        (
            "another boundary",
            "multipart/form-data; boundary=other",
            whole.clone(),
            (400, "wrong-syntax"),
        ),
        ("no boundary", "multipart/form-data", whole.clone(), (415, "wrong-type")),
        (
            "another alphabet",
            "multipart/form-data; boundary=edge; charset=latin1",
            whole.clone(),
            (415, "wrong-type"),
        ),
        ("mixed parts", "multipart/mixed; boundary=edge", whole.clone(), (415, "wrong-type")),
        ("nothing", KIND, Vec::new(), (400, "wrong-syntax")),
        ("no end", KIND, whole[..whole.len() - 12].to_vec(), (400, "wrong-syntax")),
        ("a part without a name", KIND, body(&head("")), (400, "wrong-syntax")),
        (
            "NUL in the name of a file",
            KIND,
            body(&[file("before", "a\0.jpg", &jpeg)]),
            (400, "wrong-syntax"),
        ),
        (
            "headers that do not end",
            KIND,
            body(&head(&format!("; name=\"{}", "x".repeat(100_000)))),
            (400, "wrong-syntax"),
        ),
        (
            "many headers",
            KIND,
            body(&head(&format!("; name=name{}", "\r\nX-A: b".repeat(99)))),
            (400, "wrong-syntax"),
        ),
        ("the last of two names counts", KIND, body(&head(twice)), (400, "unknown-field")),
        ("no question", KIND, body(&[text("nobody", "x")]), (400, "unknown-field")),
        (
            "a file for no question",
            KIND,
            body(&[file("nobody", "a.jpg", &jpeg)]),
            (400, "wrong-shape"),
        ),
        ("a file for a text", KIND, body(&[file("name", "a.txt", b"Ada")]), (400, "wrong-shape")),
        (
            "a file for the trap",
            KIND,
            body(&[file("company", "a.jpg", &jpeg)]),
            (400, "wrong-shape"),
        ),
        ("bytes that are no text", KIND, body(&text_of(b"\xff\xfe")), (400, "wrong-encoding")),
        (
            "a text twice",
            KIND,
            body(&[text("name", "a"), text("name", "b")]),
            (400, "repeated-field"),
        ),
        ("many parts", KIND, body(&many), (400, "too-many-fields")),
        ("much text", KIND, body(&text_of(&[b'a'; 70_000])), (413, "too-large")),
        (
            "much of everything",
            KIND,
            body(&vec![file("before", "a", &[0; 15 << 20]); 5]),
            (413, "too-large"),
        ),
    ];
    for (what, kind, body, (due, reason)) in cases {
        let (status, _, text) = trial.send(request(kind, body, true));
        let answer: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((status, answer["reason"].as_str()), (due, Some(reason)), "{what}: {text}");
    }
    // Parts within a part are no text of one line.
    let nested = text_of(&body(&[text("email", "x")]));
    assert_eq!(
        send(&trial, &nested).1["errors"]["name"][0].as_str().map(|it| it.contains("character")),
        Some(true)
    );
    let mut long = request(KIND, whole, true);
    long.headers_mut().insert("content-length", 99_000_000.into());
    assert_eq!(trial.send(long).0, 413);
    assert!(take(&mut trial).is_empty());
}

#[test]
fn a_form_that_asks_for_none_takes_none() {
    let trial = Trial::with(|_| {});
    let form = include_str!("../forms/everything.yml");
    let form: Vec<&str> = form.lines().filter(|it| !it.contains("type: photo")).collect();
    let (config, contract) = contract_of(&form.join("\n"), "en-GB");
    assert_eq!((contract.files, contract.body_limit), (0, 64 * 1024));
    assert!(!serde_json::to_string(&contract).unwrap().contains("files"), "nothing says so");
    trial.desk.replace(Definitions::new(&config, vec![contract]));
    let (status, answer) = send(&trial, &enquiry(&[]));
    assert_eq!((status, answer["reason"].as_str()), (415, Some("wrong-type")));
}

#[test]
fn nothing_is_made_anew_for_who_fills_the_trap() {
    let mut trial = Trial::with(|_| {});
    // It would be told at the question if anyone looked at it.
    let mut parts = enquiry(&[file("before", "a.png", &bomb(30_000, 30_000))]);
    parts.push(text("company", "Buy now"));
    let (status, answer) = send(&trial, &parts);
    assert_eq!((status, &answer["ok"]), (200, &json!(true)));
    assert!(take(&mut trial).is_empty());
}

#[test]
fn the_page_that_comes_back_asks_for_the_photograph_again() {
    let trial = Trial::with(|options| {
        let page = crate::forms::PAGE.replace(
            "</form>",
            "<label for=b>Photograph</label><input id=b type=file name=before multiple></form>",
        );
        options.pages = Box::new(move |path| (path == "/ask/").then(|| page.clone()));
    });
    let jpeg = encoded(&quarters(16, 16), ImageFormat::Jpeg);
    let mut parts = enquiry(&[file("before", "secret-name.jpg", &jpeg)]);
    parts[0] = text("name", "");
    let again = "Choose the photograph for \u{201c}A photograph of your hair\u{201d} again";
    let back = |parts: &[Part]| trial.send(request(KIND, body(parts), false));
    let (status, _, page) = back(&parts);
    assert_eq!(status, 422);
    let at_question = format!("<span class=\"error-message\" id=b-error><b>Error:</b> {again}");
    for part in [&*at_question, "<a href=#b>", "value=ada@example.com", "\nOne\r\ntwo</textarea>"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("secret-name"), "{page}");
    // Where none was chosen nothing is said of any; a program is told what is wrong alone.
    let (_, _, page) = back(&parts[..5]);
    assert!(!page.contains(again), "{page}");
    let (_, answer) = send(&trial, &parts);
    assert_eq!(answer["errors"].as_object().unwrap().len(), 1, "{answer}");

    // The plain page, of a form whose page is gone.
    let (config, mut contract) = contract();
    contract.page = None;
    trial.desk.replace(Definitions::new(&config, vec![contract]));
    let (status, _, page) = back(&parts);
    assert_eq!(status, 422);
    for part in [
        again,
        "enctype=multipart/form-data",
        "Up to 2 photographs. JPEG, PNG or WebP, 8 MB at most",
        "accept=image/jpeg,image/png,image/webp multiple",
        "aria-describedby=\"before-error before-hint\"",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
}

#[test]
fn the_same_photographs_are_the_same_enquiry_and_others_are_another() {
    let mut trial = Trial::with(|_| {});
    let one = encoded(&quarters(16, 16), ImageFormat::Png);
    let other = encoded(&quarters(18, 16), ImageFormat::Png);
    let send = |bytes: &[u8], id: Option<&str>| {
        let mut parts = enquiry(&[file("before", "a.png", bytes)]);
        parts.extend(id.map(|it| text("_id", it)));
        let (status, answer) = send(&trial, &parts);
        assert_eq!(status, 200, "{answer}");
        answer["id"].clone()
    };
    let first = send(&one, None);
    assert_eq!(first, send(&one, None), "a retry within the hour");
    assert_ne!(first, send(&other, None));
    let id = Some("0f8fad5b-d9cb-469f-a165-70867728950e");
    assert_eq!(send(&one, id), send(&other, id), "a name stands for what was sent first");
    let kept = take(&mut trial);
    assert_eq!(kept.len(), 3);
    assert!(kept.iter().all(|(_, pictures)| pictures.len() == 1));
}

#[test]
fn what_is_erased_leaves_no_byte_of_a_photograph() {
    let mut trial = Trial::with(|_| {});
    let picture =
        RgbImage::from_fn(400, 400, |x, y| Rgb([(x * y) as u8, (x ^ y) as u8, (x + 7 * y) as u8]));
    let photo = file("before", "a.png", &encoded(&picture.into(), ImageFormat::Png));
    assert_eq!(send(&trial, &enquiry(&[photo])).0, 200);
    let id = trial.store.list(&Filter::default()).unwrap().remove(0).id;
    let sealed = trial.store.photos(&id).unwrap().remove(0).sealed;
    assert!(sealed.len() > 20_000, "several pages of the database: {}", sealed.len());
    let files = || {
        let ends = ["", "-wal", "-shm"];
        let file = |end: &&str| std::fs::read(trial.folder.path().join(format!("e.sqlite{end}")));
        ends.iter().flat_map(|it| file(it).unwrap_or_default()).collect::<Vec<u8>>()
    };
    let pieces: Vec<&[u8]> = sealed.chunks(2500).map(|it| &it[..it.len().min(16)]).collect();
    let bytes = files();
    assert!(pieces.iter().filter(|it| has(&bytes, it)).count() > pieces.len() / 2, "it is there");
    assert_eq!(trial.store.erase(&[&id], now()).unwrap().submissions, 1);
    let bytes = files();
    let left = pieces.iter().filter(|it| has(&bytes, it)).count();
    assert_eq!(left, 0, "of {} pieces", pieces.len());
}

#[test]
fn a_required_photograph_must_come_and_json_cannot_bring_it() {
    let form = include_str!("../forms/everything.yml").replace("max_files: 2", "required: true");
    let (config, contract) = contract_of(&form, "en-GB");
    assert_eq!((contract.files, contract.body_limit), (1, 64 * 1024 + (8 << 20)));
    assert!(contract.question("before").unwrap().sensitive, "a photograph is health data");
    let schema = galen::form::schema::of(&contract);
    let json = json!({"name": "Ada", "email": "a@b.example", "clinic": "lane", "consent": "yes", "before": "x"});
    assert!(!jsonschema::is_valid(&schema, &json));
    let record = galen::form::record::of(&contract, "the clinic", false, false);
    assert!(record.contains("| Photographs | before, 1 at most"), "{record}");
    assert!(record.contains("| Health data | stage, message, before"), "{record}");
    let mut trial = Trial::with(|_| {});
    trial.desk.replace(Definitions::new(&config, vec![contract]));
    let missing = "Choose a photograph for \u{201c}A photograph of your hair\u{201d}";
    assert_eq!(send(&trial, &enquiry(&[])).1["errors"]["before"][0], missing);
    let mut json = json;
    json.as_object_mut().unwrap().remove("before");
    let (status, _, text) = trial.send(request("application/json", json.to_string().into(), true));
    assert_eq!((status, text.contains(missing)), (422, true), "{text}");
    let jpeg = encoded(&quarters(16, 16), ImageFormat::Jpeg);
    assert_eq!(send(&trial, &enquiry(&[file("before", "a", &jpeg)])).0, 200);
    assert_eq!(take(&mut trial).len(), 1);
}

#[test]
fn a_photograph_of_one_enquiry_is_none_of_another() {
    let mut trial = Trial::with(|_| {});
    let jpeg = encoded(&quarters(16, 16), ImageFormat::Jpeg);
    assert_eq!(send(&trial, &enquiry(&[file("before", "a", &jpeg)])).0, 200);
    let summary = trial.store.list(&Filter::default()).unwrap().remove(0);
    let key = trial.store.data_key(&summary.data_key).unwrap().unwrap();
    let key = open_key(std::slice::from_ref(&trial.key), &key).unwrap();
    let photo = trial.store.photos(&summary.id).unwrap().remove(0);
    assert!(key.open_photo(&summary.form, &summary.id, &photo).is_ok());
    assert!(key.open_photo(&summary.form, "ABCD-EFGH-JKMN", &photo).is_err());
    let forged = seal_photo(&key, &summary.form, &summary.id, ("before", 2), b"x").unwrap();
    let moved = galen::store::Photo { number: 1, ..forged };
    assert!(key.open_photo(&summary.form, &summary.id, &moved).is_err());
    take(&mut trial);
}
