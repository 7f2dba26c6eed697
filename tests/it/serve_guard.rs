//! Who may ask the server, and for what.

use std::fs;
use std::net::Ipv4Addr;

use crate::support::live::{Live, raw};

const ONE: &str = "-- content/guides/a.md --\n---\ntitle: First\n---\n";

#[test]
fn only_names_of_this_machine_are_answered() {
    let site = Live::new(ONE);
    let port = site.address().port();
    for name in ["localhost", "127.0.0.1", "[::1]"] {
        site.ask("GET", "/guides/a/", &[("Host", name)]).is(200);
        site.ask("GET", "/guides/a/", &[("Host", &format!("{name}:{port}"))]).is(200);
    }
    let bad = [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "192.168.0.9",
        "x\u{7f}",
    ];
    for name in bad {
        for path in ["/guides/a/", "/__galen/events", "/__galen/live.js", "/_headers"] {
            let answer = site.ask("GET", path, &[("Host", name)]);
            assert!([400, 403].contains(&answer.status), "{name} {path}: {}", answer.status);
            assert!(!answer.body.contains("First"));
        }
    }
    let answer = site.ask("GET", "/", &[("Host", "evil.example")]).is(403);
    let answer = answer.says("does not answer to the name \u{201c}evil.example\u{201d}");
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    site.ask("GET", "/", &[("Host", "localhost"), ("Host", "evil.example")]).is(400);
    site.ask("GET", "http://evil.example/guides/a/", &[]).is(403);
    raw(site.address(), "GET /guides/a/ HTTP/1.0\r\n\r\n").is(400);
}

#[test]
fn an_open_server_answers_to_its_own_addresses_only() {
    let site = Live::at(ONE, Ipv4Addr::UNSPECIFIED.into());
    site.ask("GET", "/guides/a/", &[("Host", "127.0.0.1:80")]).is(200);
    site.ask("GET", "/guides/a/", &[("Host", "192.0.2.7")]).is(403);
    site.ask("GET", "/guides/a/", &[("Host", "0.0.0.0")]).is(403);
    site.ask("GET", "/guides/a/", &[("Host", "clinic.example")]).is(403);
}

#[test]
fn only_get_and_head_are_answered() {
    let site = Live::new(ONE);
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "MADEUP"] {
        for path in ["/guides/a/", "/__galen/events", "/none"] {
            let answer = site.ask(method, path, &[]).is(405);
            assert_eq!(answer.header("allow"), "GET, HEAD");
        }
    }
}

#[test]
fn nothing_outside_of_the_output_is_given() {
    let site = Live::new(ONE);
    fs::write(site.dir.path().join("secret.txt"), "secret").unwrap();
    site.put("public/.hidden", "secret");
    site.put("public/.well-hidden/a.txt", "secret");
    site.put("public/guides/.a.txt", "secret");
    let paths = [
        "/../secret.txt",
        "/guides/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2E%2E/secret.txt",
        "/.%2e/secret.txt",
        "/%2e%2e%2fsecret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "/..\\secret.txt",
        "/guides/..%5c..%5csecret.txt",
        "/%252e%252e/secret.txt",
        "/....//secret.txt",
        "//secret.txt",
        "/secret.txt%00.html",
        "/%00",
        "/%ff",
        "/%",
        "/.hidden",
        "/%2ehidden",
        "/.well-hidden/a.txt",
        "/guides/.a.txt",
        "/.gitignore",
        "/_headers",
        "/_redirects",
        "/%5fheaders",
        "/_HEADERS",
        "/galen.yaml",
        "/../galen.yaml",
        "/.galen/state",
    ];
    let absolute = format!("/{}", site.dir.path().join("secret.txt").display());
    for path in paths.into_iter().chain([absolute.as_str()]) {
        let answer = site.get(path);
        assert!([400, 404].contains(&answer.status), "{path}: {}", answer.status);
        assert!(!answer.body.contains("secret<") && answer.body != "secret", "{path}");
        assert!(!answer.body.contains("X-Frame-Options"), "{path}");
    }
}

#[cfg(unix)]
#[test]
fn links_that_lead_out_are_not_followed() {
    use std::os::unix::fs::symlink;
    let site = Live::new(ONE);
    let root = site.dir.path();
    fs::create_dir(root.join("outside")).unwrap();
    fs::write(root.join("outside/secret.txt"), "secret").unwrap();
    symlink(root.join("outside/secret.txt"), root.join("public/link.txt")).unwrap();
    symlink(root.join("outside"), root.join("public/folder")).unwrap();
    symlink("robots.txt", root.join("public/inner.txt")).unwrap();
    site.get("/link.txt").is(404);
    site.get("/folder/secret.txt").is(404);
    site.get("/inner.txt").is(200);
}

#[test]
fn only_pages_of_this_server_hear_of_changes() {
    let site = Live::new(ONE);
    let own = format!("http://{}", site.address());
    let refused = [
        ("Origin", "http://evil.example"),
        ("Origin", "null"),
        ("Origin", "https://localhost"),
        ("Origin", "http://127.0.0.1:1"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
    ];
    for header in refused {
        site.ask("GET", "/__galen/events", &[header]).is(403).says("Only pages of this server");
    }
    site.ask("GET", "/__galen/events", &[("Origin", &own), ("Origin", "http://evil.example")])
        .is(403);
    // What is allowed stays open; HEAD ends at once.
    let fine = [("Origin", own.as_str()), ("Sec-Fetch-Site", "same-origin")];
    let head = site.ask("HEAD", "/__galen/events", &fine).is(200);
    assert_eq!(head.header("content-type"), "text/event-stream");
    assert!(site.listen().recv().unwrap().starts_with("{\"run\""));
}

#[test]
fn nobody_else_is_let_read() {
    let site = Live::new(ONE);
    for path in ["/guides/a/", "/robots.txt", "/__galen/live.js", "/none", "/guides/a"] {
        let answer = site.ask("GET", path, &[("Origin", "http://evil.example")]);
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
    }
    // What the site lets others read is theirs where it is public; here it is for this machine.
    site.put("public/_headers", "/api/*\n  Access-Control-Allow-Origin: *\n");
    site.put("public/api/a.json", "{}");
    let may = |origin: &str| {
        let answer = site.ask("GET", "/api/a.json", &[("Origin", origin)]).is(200);
        answer.header("access-control-allow-origin")
    };
    assert_eq!(
        (may("http://localhost:3000"), may("http://127.0.0.1:3000")),
        ("*".into(), "*".into())
    );
    assert_eq!((may("https://evil.example"), may("null")), (String::new(), String::new()));
    assert_eq!(site.get("/api/a.json").header("access-control-allow-origin"), "*");
}
