//! What hosts and search engines read: redirects, headers, the sitemap, robots.

use std::fmt::Write as _;

use crate::config::{Config, TURNSTILE};
use crate::html;
use crate::route::{Kind, Redirect, Sitemap};
use crate::text::{RelPath, UrlPath, url};
use crate::world::{Answer, Question, Recorder, World, text};

/// A page that leads on, for hosts that know no redirects. Its words are the title of the page
/// that it leads to, so that they are in the site's language.
pub(crate) fn redirect(world: &Recorder, file: &str, redirect: &Redirect) -> String {
    world.ask(&Question::Route(file.to_owned()));
    let (href, whole) = target(world.config(), redirect);
    let path = redirect.to.split(['#', '?']).next().unwrap_or_default();
    let title = title(world, path).unwrap_or_else(|| whole.clone());
    let mut page = String::from("<!doctype html>\n<html");
    html::attribute("lang", &world.config().language, &mut page);
    page.push_str(
        "><head><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>",
    );
    html::text(&title, &mut page);
    page.push_str("</title><link rel=canonical");
    html::attribute("href", &html::address(&whole), &mut page);
    page.push_str("><link rel=icon href=\"data:,\"><meta name=robots content=noindex><meta http-equiv=refresh");
    html::attribute("content", &format!("0; url={}", html::address(&href)), &mut page);
    page.push_str("></head><body><p><a");
    html::attribute("href", &html::address(&href), &mut page);
    page.push('>');
    html::text(&title, &mut page);
    page.push_str("</a></p></body></html>\n");
    page
}

/// The title of the page at an address.
fn title(world: &Recorder, path: &str) -> Option<String> {
    match world.ask(&Question::Title(path.to_owned())) {
        Answer::Value(title) => title.as_str().map(str::to_owned),
        Answer::Entries(ids) => text(&world.told(ids.first()?), "title").map(str::to_owned),
        _ => None,
    }
}

/// Where a redirect leads: as a link on this site has it, and whole.
fn target(config: &Config, redirect: &Redirect) -> (String, String) {
    match url::scheme(&redirect.to) {
        Some(_) => (redirect.to.clone(), redirect.to.clone()),
        None => {
            let href = format!("{}{}", config.base_path, redirect.to);
            let whole = format!("{}{href}", config.origin);
            (href, whole)
        }
    }
}

/// The redirects for hosts that know how (Cloudflare, Netlify): the first that fits counts.
pub(crate) fn redirects(world: &World) -> String {
    let mut out = String::new();
    for redirect in world.site.plan.redirects.values() {
        let (href, _) = target(&world.site.config, redirect);
        let status = if redirect.temporary { 302 } else { 301 };
        let from = world.href(redirect.from.as_str());
        let _ = writeln!(out, "{from} {} {status}", html::address(&href));
    }
    out
}

/// The headers for hosts that read them from a file. Each name stands under one pattern only:
/// hosts join the values of several.
pub(crate) fn headers(world: &World) -> String {
    let site = &world.site;
    let elsewhere = site.config.forms.endpoint.as_deref().filter(|it| it.starts_with("https://"));
    let forms = elsewhere.map(|url| format!(" {}", origin(url))).unwrap_or_default();
    // An endpoint of another host shows pages of this site: with the mistakes that were made.
    let shown_by = elsewhere.map(origin).filter(|it| *it != site.config.origin);
    let resources = if shown_by.is_some() { "cross-origin" } else { "same-origin" };
    let (scripts, frames) = match site.config.forms.turnstile {
        Some(_) => (format!(" {TURNSTILE}"), format!(" frame-src {TURNSTILE};")),
        None => Default::default(),
    };
    let secure = site.config.origin.starts_with("https://");
    let upgrade = if secure { "; upgrade-insecure-requests" } else { "" };
    let policy = format!(
        "default-src 'none'; script-src 'self'{scripts};{frames} style-src 'self'; img-src 'self' data:; \
         font-src 'self'; media-src 'self'; connect-src 'self'; manifest-src 'self'; \
         form-action 'self'{forms}; base-uri 'none'; frame-ancestors 'none'{upgrade}"
    );
    let mut headers: Vec<(&str, Option<&str>)> = vec![
        ("Content-Security-Policy", Some(&policy)),
        ("Cross-Origin-Opener-Policy", Some("same-origin")),
        ("Cross-Origin-Resource-Policy", Some(resources)),
        ("Permissions-Policy", Some("camera=(), geolocation=(), microphone=()")),
        ("Referrer-Policy", Some("strict-origin-when-cross-origin")),
        ("X-Content-Type-Options", Some("nosniff")),
        ("X-Frame-Options", Some("DENY")),
    ];
    if secure {
        headers.push(("Strict-Transport-Security", Some("max-age=63072000; includeSubDomains")));
    }
    if site.drafts {
        headers.push(("X-Robots-Tag", Some("noindex")));
    }
    for (name, value) in &site.config.headers {
        headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        headers.push((name, value.as_deref()));
    }
    headers.sort_by_key(|(name, _)| name.to_ascii_lowercase());
    let mut out = format!("{}\n", world.href("/*"));
    for (name, value) in headers {
        if let Some(value) = value {
            let _ = writeln!(out, "  {name}: {value}");
        }
    }
    let assets = world.href("/assets/*");
    let _ = writeln!(out, "{assets}\n  Cache-Control: public, max-age=31536000, immutable");
    // Fonts and modules are given to pages of another host only so.
    let named = |(name, _): (&String, _)| name.eq_ignore_ascii_case("Access-Control-Allow-Origin");
    if let (Some(forms), false) = (&shown_by, site.config.headers.iter().any(named)) {
        let _ = writeln!(out, "  Access-Control-Allow-Origin: {forms}");
    }
    if site.config.api {
        // The API is for other sites to read; it is no page for people to find.
        let _ = writeln!(out, "{}\n  Access-Control-Allow-Origin: *", world.href("/api/v1/*"));
        if !site.drafts {
            let _ = writeln!(out, "  X-Robots-Tag: noindex");
        }
    }
    out
}

/// The scheme and host of an address.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url[host..].find(['/', '?', '#']).map_or(url.len(), |at| host + at);
    &url[..end]
}

/// What robots may read: everything, but nothing of a site with drafts.
pub(crate) fn robots(world: &World) -> String {
    match world.site.drafts {
        true => "User-agent: *\nDisallow: /\n".to_owned(),
        false => format!("User-agent: *\nAllow: /\n\nSitemap: {}/sitemap.xml\n", world.base()),
    }
}

/// The addresses of pages, each with the day of its last change where an editor tells it
/// (sitemaps.org).
pub(crate) fn sitemap(world: &World, sitemap: &Sitemap) -> String {
    const SPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    match sitemap {
        Sitemap::Pages(files) => {
            let _ = writeln!(out, "<urlset xmlns=\"{SPACE}\">");
            for file in files {
                let Some(route) = world.site.plan.routes.get(file) else { continue };
                let changed = changed(world, file);
                place(world, "url", &route.url, changed.as_deref(), &mut out);
            }
            out.push_str("</urlset>\n");
        }
        Sitemap::Index(parts) => {
            let _ = writeln!(out, "<sitemapindex xmlns=\"{SPACE}\">");
            parts.iter().for_each(|url| place(world, "sitemap", url, None, &mut out));
            out.push_str("</sitemapindex>\n");
        }
    }
    out
}

fn place(world: &World, element: &str, url: &UrlPath, changed: Option<&str>, out: &mut String) {
    let _ = write!(out, "<{element}><loc>");
    html::text(&world.permalink(url), out);
    out.push_str("</loc>");
    if let Some(day) = changed {
        let _ = write!(out, "<lastmod>{day}</lastmod>");
    }
    let _ = writeln!(out, "</{element}>");
}

/// The last change of a page; of a list, that of the entries on it.
fn changed(world: &World, file: &RelPath) -> Option<String> {
    match &world.site.plan.routes.get(file)?.kind {
        Kind::Entry(id) => world.dates(id).last().map(str::to_owned),
        Kind::List { page, .. } | Kind::Term { page, .. } => {
            let dates = page.entries.iter();
            let dates = dates.filter_map(|id| world.dates(id).last().map(str::to_owned));
            dates.max_by(|a, b| a.get(..10).cmp(&b.get(..10)))
        }
        _ => None,
    }
}
