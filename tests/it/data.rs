//! What the sample site tells search engines is right.

use galen::build::{self, Request};
use galen::check::structured;
use galen::html;
use galen::render::Collected;
use galen::vfs::Disk;

use crate::support::repository;

#[test]
fn the_sample_site_passes() {
    let request = Request { clock: Some("2026-11-23".to_owned()), ..Request::default() };
    let sink = Collected::new();
    build::build(&Disk::new(repository()), &request, &sink, &|_| ());
    let mut texts = 0;
    for (file, bytes) in sink.files() {
        if !file.as_str().ends_with(".html") {
            continue;
        }
        let page = String::from_utf8(bytes).unwrap();
        let start = |text: &str| text.find("application/ld+json");
        let mut rest = page.as_str();
        while let Some(at) = start(rest) {
            let json = rest[at..].split_once('>').unwrap().1.split_once("</script>").unwrap().0;
            rest = &rest[at + 1..];
            texts += 1;
            let mut found = structured::check(json);
            found.extend(structured::faq_text(json, &html::visible(&page)));
            let said: Vec<_> =
                found.iter().map(|it| (&it.diagnostic, &json[it.at.clone()])).collect();
            assert!(said.is_empty(), "{file}: {said:?}");
        }
    }
    assert!(texts > 30, "only {texts} texts were found");
}
