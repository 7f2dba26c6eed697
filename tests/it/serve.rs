//! The server: what a host would answer, and what is added while a site is looked at.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use galen::build::Request;
use galen::serve::{self, Port};
use galen::workspace::Change;

use crate::support::live::{DEADLINE, Live, folder, guide, raw};

const ONE: &str = "-- content/guides/a.md --\n---\ntitle: First\n---\n-- themes/t/templates/guide.html --\n<!doctype html><html><head><title>{{ page.title }}</title></head><body><h1>{{ page.title }}</h1></body></html>\n";

/// Puts a file into the output folder, as a host would have it.
fn host(site: &Live, path: &str, content: &str) {
    site.put(&format!("public/{path}"), content);
}

#[test]
fn pages_and_files_are_served_as_they_are() {
    let site = Live::new(ONE);
    let page = site.get("/guides/a/").is(200).says("<h1>First</h1>");
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(page.header("cache-control"), "no-cache");
    let text = site.get("/robots.txt").is(200);
    assert_eq!(text.header("content-type"), "text/plain; charset=utf-8");
    // Nothing is added to a file that is no page, and nothing is written into one that is.
    assert_eq!(text.body, fs::read_to_string(site.dir.path().join("public/robots.txt")).unwrap());
    let file = fs::read_to_string(site.dir.path().join("public/guides/a/index.html")).unwrap();
    assert!(!file.contains("__galen"), "{file}");
    assert!(page.body.contains("<script defer src=/__galen/live.js"));
}

#[test]
fn serving_and_building_write_the_same_bytes() {
    let site = Live::new(ONE);
    let built = folder(ONE);
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_galen"))
        .args(["build", "-C", built.path().to_str().unwrap()])
        .output()
        .unwrap();
    assert!(output.status.success());
    let files = |root: &Path| -> Vec<(String, Vec<u8>)> {
        let all = crate::support::files_below(&root.join("public"));
        all.into_iter().map(|(name, path)| (name, fs::read(path).unwrap())).collect()
    };
    assert!(files(site.dir.path()) == files(built.path()));
}

#[test]
fn addresses_are_those_of_hosts() {
    let site = Live::new(ONE);
    site.get("/guides/a").is(308).leads("/guides/a/");
    site.get("/guides/a?x=1").is(308).leads("/guides/a/?x=1");
    site.get("/guides/a/index.html").is(308).leads("/guides/a/");
    host(&site, "about.html", "<p>About");
    site.get("/about").is(200).says("<p>About");
    host(&site, "a b/ü.txt", "odd");
    site.get("/a%20b/%C3%BC.txt").is(200).says("odd");
}

#[test]
fn a_site_below_a_path_is_served_there() {
    let site = Live::new(&format!(
        "{ONE}-- galen.yaml --\nbase_url: https://clinic.example/hair\nlanguage: en-GB\ntheme: t\napi: false\n-- content/guides/b.md --\n---\ntitle: B\n---\n"
    ));
    site.get("/").is(302).leads("/hair/");
    site.get("/hair").is(302).leads("/hair/");
    site.get("/hair/guides/a/").is(200).says("First");
    site.get("/hair/guides/a").is(308).leads("/hair/guides/a/");
    site.get("/hair/guides/").is(200).says("href=/hair/guides/a/");
    site.get("/guides/a/").is(404).says("/hair/guides/a/");
    site.get("/hairy/").is(404);
    // The headers of the file are those of the path.
    assert_eq!(site.get("/hair/guides/a/").header("x-frame-options"), "DENY");
}

#[test]
fn another_address_changes_what_is_built_and_where_it_is_served() {
    let request =
        Request { base_url: Some("https://p.example/x".to_owned()), ..Request::default() };
    let site = Live::open(folder(ONE), "127.0.0.1".parse().unwrap(), request);
    site.get("/x/guides/a/").is(200);
    site.get("/guides/a/").is(404);
}

#[test]
fn a_browser_may_keep_what_has_not_changed() {
    let site = Live::new(ONE);
    for path in ["/guides/a/", "/robots.txt"] {
        let mark = site.get(path).is(200).header("etag");
        assert!(mark.starts_with('"'), "{mark}");
        let again = site.ask("GET", path, &[("If-None-Match", &mark)]).is(304);
        assert_eq!((again.body.as_str(), again.header("etag")), ("", mark));
        site.ask("GET", path, &[("If-None-Match", "\"other\"")]).is(200);
    }
    let mark = site.get("/guides/a/").header("etag");
    site.put("content/guides/a.md", &guide("Second"));
    assert_eq!(site.refresh(), Change::Whole);
    site.ask("GET", "/guides/a/", &[("If-None-Match", &mark)]).is(200).says("Second");
}

#[test]
fn head_is_get_without_its_body() {
    let site = Live::new(ONE);
    for path in ["/guides/a/", "/robots.txt", "/none/", "/__galen/live.js"] {
        let (get, head) = (site.get(path), site.ask("HEAD", path, &[]));
        assert_eq!((get.status, head.body.as_str()), (head.status, ""), "{path}");
        for name in ["content-length", "content-type", "etag"] {
            assert_eq!(get.header(name), head.header(name), "{path} {name}");
        }
    }
}

#[test]
fn parts_of_media_are_given() {
    let site = Live::new(ONE);
    host(&site, "media/talk.mp3", "0123456789");
    let part = site.ask("GET", "/media/talk.mp3", &[("Range", "bytes=2-4")]).is(206);
    assert_eq!(
        (part.body.as_str(), part.header("content-range")),
        ("234", "bytes 2-4/10".to_owned())
    );
    assert_eq!(part.header("content-length"), "3");
    assert_eq!(site.ask("GET", "/media/talk.mp3", &[("Range", "bytes=-2")]).is(206).body, "89");
    let none = site.ask("GET", "/media/talk.mp3", &[("Range", "bytes=20-")]).is(416);
    assert_eq!(none.header("content-range"), "bytes */10");
    let whole = site.get("/media/talk.mp3").is(200);
    assert_eq!(
        (whole.body.as_str(), whole.header("accept-ranges")),
        ("0123456789", "bytes".to_owned())
    );
}

#[test]
fn headers_are_those_of_the_file() {
    let site = Live::new(ONE);
    host(
        &site,
        "_headers",
        "/*\n  X-All: yes\n  X-Joined: a\n  Cache-Control: public, max-age=60\n  Content-Length: 1\n/media/*\n  X-Joined: b\n  ! X-All\n",
    );
    host(&site, "media/a.txt", "a");
    let file = site.get("/media/a.txt").is(200);
    assert_eq!((file.header("x-joined"), file.header("x-all")), ("a, b".to_owned(), String::new()));
    assert_eq!(file.header("cache-control"), "public, max-age=60");
    assert_eq!(file.header("content-length"), "1");
    // A page is asked for each time, whatever the host would say.
    let page = site.get("/guides/a/").is(200);
    assert_eq!(
        (page.header("x-all"), page.header("cache-control")),
        ("yes".into(), "no-cache".into())
    );
}

#[test]
fn redirects_are_those_of_the_file() {
    let site = Live::new(ONE);
    host(
        &site,
        "_redirects",
        "/old/* /guides/:splat 301\n/temp /guides/ 302\n/see /guides/ 303\n/g/:slug /guides/:slug/ 308\n/app/* /guides/a/ 200\n/gone /removed.html 410\n/guides/a/ /never/ 301\n/robots.txt /forced.txt 302!\n/far https://other.example/x 307\n/api/* https://api.example/:splat 200\n",
    );
    host(&site, "removed.html", "<p>It is gone");
    site.get("/old/a/?q=1").is(301).leads("/guides/a?q=1");
    let moved = site.get("/temp/").is(302).leads("/guides/");
    assert_eq!(moved.header("cache-control"), "no-cache");
    site.get("/see").is(303).leads("/guides/");
    site.get("/g/a").is(308).leads("/guides/a/");
    site.get("/app/any/thing").is(200).says("<h1>First</h1>");
    site.get("/gone").is(410).says("It is gone");
    site.get("/guides/a/").is(200).says("First");
    site.get("/robots.txt").is(302).leads("/forced.txt");
    site.get("/far").is(307).leads("https://other.example/x");
    site.get("/api/x").is(502).says("https://api.example/x");
    site.get("/old//evil.example").is(301).leads("/guides//evil.example");
}

#[test]
fn a_page_that_is_not_there_names_those_that_are() {
    let site = Live::new(ONE);
    let page = site.get("/guides/b/").is(404).says("not found").says("href=/guides/a/");
    assert_eq!(page.header("cache-control"), "no-store");
    host(&site, "guides/404.html", "<p>No such guide");
    site.get("/guides/x/y").is(404).says("No such guide");
    site.get("/none/%3Cscript%3E").is(404).says("/none/%3Cscript%3E");
    fs::remove_file(site.dir.path().join("public/404.html")).unwrap();
    site.get("/none").is(404).says("There is no such page");
}

#[test]
fn a_page_that_was_deleted_is_gone_at_once() {
    let site = Live::new(&format!("{ONE}-- content/guides/b.md --\n---\ntitle: B\n---\n"));
    site.get("/guides/b/").is(200);
    fs::remove_file(site.dir.path().join("content/guides/b.md")).unwrap();
    assert_eq!(site.refresh(), Change::Whole);
    site.get("/guides/b/").is(404);
}

#[test]
fn errors_lie_over_the_last_good_page_until_they_are_gone() {
    let site = Live::new(ONE);
    site.put(
        "content/guides/a.md",
        "---\ntitle: First\nrelated: [none]\n---\n[x](../none.md)\n\n<b onclick=\"x\">y</b>\n",
    );
    assert_eq!(site.refresh(), Change::Whole);
    let page = site.get("/guides/a/").is(500).says("<h1>First</h1>").says("<galen-problems");
    assert_eq!(page.header("cache-control"), "no-store");
    let problems = site.workspace.snapshot().problems.clone();
    assert!(problems.len() >= 3, "{problems:?}");
    for problem in problems.iter() {
        assert!(page.body.contains(problem.code), "{}", problem.code);
    }
    let page = page.says("content/guides/a.md:3:").says("aria-label=\"Line 5\"");
    let page = page.says("&lt;b onclick=\"x\"&gt;");
    assert!(!page.body.contains("<b onclick"));
    // Also where there is no page; but what is no page is as it was.
    site.get("/none/").is(500).says("<galen-problems");
    site.get("/robots.txt").is(200);

    // The same errors again are nothing new, others are.
    assert_eq!(site.refresh(), Change::Nothing);
    site.put("content/guides/a.md", "---\ntitle: First\nrelated: [none]\n---\n");
    assert_eq!(site.refresh(), Change::Whole);
    // As it was published, so that no file is written, and yet the errors go.
    site.put("content/guides/a.md", "---\ntitle: First\n---\n");
    assert_eq!(site.refresh(), Change::Whole);
    let page = site.get("/guides/a/").is(200);
    assert!(!page.body.contains("<galen-problems"));
}

#[test]
fn a_site_that_was_never_built_shows_why() {
    let site = Live::new("-- content/guides/a.md --\n---\ntitel: A\n---\n");
    let page = site.get("/").is(500).says("front-matter/unknown-key").says("<galen-problems");
    assert!(page.body.starts_with("<!doctype html>"));
    site.put("content/guides/a.md", &guide("A"));
    site.refresh();
    site.get("/guides/a/").is(200);
}

#[test]
fn a_request_waits_while_the_folder_is_written() {
    let site = Live::new(ONE);
    let (workspace, address) = (site.workspace.clone(), site.address());
    let done = std::thread::scope(|scope| {
        // While somebody reads, nothing is published; and what is asked then comes after.
        let asked = workspace.reading(|_| {
            site.put("content/guides/a.md", &guide("Second"));
            let refresh = scope.spawn(|| site.refresh());
            std::thread::sleep(std::time::Duration::from_millis(50));
            assert!(!refresh.is_finished());
            let file = fs::read_to_string(site.dir.path().join("public/guides/a/index.html"));
            assert!(file.unwrap().contains("First"));
            let ask =
                format!("GET /guides/a/ HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
            (refresh, scope.spawn(move || raw(address, &ask)))
        });
        assert_eq!(asked.0.join().unwrap(), Change::Whole);
        asked.1.join().unwrap()
    });
    done.is(200).says("<h1>");
}

#[test]
fn no_half_page_is_ever_seen() {
    let long =
        |word: &str| format!("---\ntitle: {word}\n---\n{}", format!("{word}\n\n").repeat(20_000));
    let site = Live::new(ONE);
    site.put(
        "themes/t/templates/guide.html",
        "<h1>{{ page.title }}</h1>{{ page.body }}<i>{{ page.title }}</i>",
    );
    site.put("content/guides/a.md", &long("First"));
    site.refresh();
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0..12 {
                site.put("content/guides/a.md", &long(["Other", "First"][round % 2]));
                site.refresh();
            }
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        while !stop.load(std::sync::atomic::Ordering::Relaxed) {
            let body = site.get("/guides/a/").is(200).body;
            let (page, other) = match body.contains("<h1>First") {
                true => ("First", "Other"),
                false => ("Other", "First"),
            };
            assert!(body.contains(&format!("<i>{page}</i>")) && !body.contains(other));
        }
    });
}

#[test]
fn changes_are_told_to_pages() {
    let site = Live::new(ONE);
    let heard = site.listen();
    let next = || heard.recv_timeout(DEADLINE).unwrap();
    let run = site.workspace.snapshot().run.clone();
    let page = site.get("/guides/a/").body;
    // Who comes hears what is true now, which is what its page was made of.
    assert_eq!(next(), format!("{{\"run\":\"{run}\",\"version\":1,\"whole\":1}}"));
    assert!(page.contains(&format!("data-galen=\"{run} 1\"")), "{page}");
    site.put("content/guides/a.md", &guide("Second"));
    site.refresh();
    assert_eq!(next(), format!("{{\"run\":\"{run}\",\"version\":2,\"whole\":2}}"));
    site.refresh();
    site.put("content/guides/a.md", "---\ntitel: x\n---\n");
    site.refresh();
    assert_eq!(next(), format!("{{\"run\":\"{run}\",\"version\":3,\"whole\":3}}"));
    let late = site.listen();
    assert_eq!(
        late.recv_timeout(DEADLINE).unwrap(),
        format!("{{\"run\":\"{run}\",\"version\":3,\"whole\":3}}")
    );
}

#[test]
fn the_sites_own_policy_is_kept() {
    let site = Live::new(ONE);
    let policy = |site: &Live, path: &str| site.get(path).header("content-security-policy");
    // As in the file, but for what asks for HTTPS.
    let file = fs::read_to_string(site.dir.path().join("public/_headers")).unwrap();
    let own = file.lines().find_map(|it| it.trim().strip_prefix("Content-Security-Policy: "));
    let own = own.unwrap().replace("; upgrade-insecure-requests", "");
    assert_eq!(policy(&site, "/guides/a/"), own);
    assert_eq!(site.get("/guides/a/").header("strict-transport-security"), "");
    host(
        &site,
        "_headers",
        "/*\n  Content-Security-Policy: default-src 'none'; script-src 'sha256-x'\n",
    );
    let at = format!("http://{}/__galen", site.address());
    assert_eq!(
        policy(&site, "/guides/a/"),
        format!("default-src 'none'; script-src 'sha256-x' {at}/live.js; connect-src {at}/events")
    );
    assert_eq!(
        policy(&site, "/none/"),
        format!(
            "default-src 'none'; script-src 'sha256-x' {at}/live.js; connect-src {at}/events; \
             style-src-elem {at}/overlay.css"
        )
    );
    host(&site, "_headers", "");
    assert_eq!(policy(&site, "/guides/a/"), "");
}

#[test]
fn a_port_that_is_taken_is_passed_over_only_where_nobody_asked_for_it() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let loopback = "127.0.0.1".parse().unwrap();
    let error = serve::listen(loopback, Port::Exactly(port)).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    let next = serve::listen(loopback, Port::From(port)).unwrap();
    assert!(next.local_addr().unwrap().port() > port);
}
