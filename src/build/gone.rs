//! Pages that an earlier build published and this one does not make.

use crate::build::Built;
use crate::check::against;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::route::Kind;
use crate::text::near;
use crate::world::World;

/// Pages that should be gone and stay, because nothing is published.
pub const LEFT_ONLINE: Code = Code::new("output/left-online");

/// How many pages are named one by one.
const MOST: usize = 50;

impl Built {
    /// Names the addresses of pages that went with this build and that no redirect leads on from;
    /// `removed` are the files that publishing removed.
    pub fn vanished(&self, removed: &[String]) -> Diagnostics {
        let Some(world) = &self.world else { return Diagnostics::new() };
        let gone: Vec<(String, &String)> =
            removed.iter().filter_map(|file| Some((address(file)?, file))).collect();
        let gone = gone.iter().filter(|(url, _)| !against::is_made(world, url));
        let mut found = Diagnostics::new();
        let mut more = 0;
        for (at, (url, file)) in gone.enumerate() {
            match at < MOST {
                true => found.push(against::without_redirect(world, url, self.why_gone(file))),
                false => more += 1,
            }
        }
        if more > 0 {
            found.push(against::more_without_redirect(more));
        }
        found
    }

    /// Names the pages that should be gone and stay online because nothing is published. `earlier`
    /// are the files that the last build published, `read` reads one.
    pub fn left_online<'a>(
        &self,
        earlier: impl IntoIterator<Item = &'a str>,
        read: &dyn Fn(&str) -> Option<Vec<u8>>,
    ) -> Diagnostics {
        let Some(world) = &self.world else { return Diagnostics::new() };
        let is_entry = |file: &str| Some((address(file)?, self.why_left(world, file, read)?));
        let pages: Vec<(String, String)> = earlier.into_iter().filter_map(is_entry).collect();
        let count = pages.len();
        if count == 0 {
            return Diagnostics::new();
        }
        let (what, stay) = match count {
            1 => ("1 page that should be gone".to_owned(), "stays"),
            _ => (format!("{} that should be gone", near::counted(count, "page")), "stay"),
        };
        let message = format!("{what} {stay} online, because nothing is published");
        let mut error = Diagnostic::error(LEFT_ONLINE, message);
        for (url, why) in pages.iter().take(MOST) {
            error = error.note(format!("`{url}`: {why}"));
        }
        if count > MOST {
            error = error.note(format!("and {}", near::counted(count - MOST, "more page")));
        }
        Diagnostics::from_iter([error.help("correct what is named below, and build again")])
    }

    /// Says why a published file should be gone; `None` where it should not.
    fn why_left(
        &self,
        world: &World,
        file: &str,
        read: &dyn Fn(&str) -> Option<Vec<u8>>,
    ) -> Option<String> {
        let plan = &world.site.plan;
        match plan.routes.get(file).map(|route| &route.kind) {
            None => {
                let url = address(file)?;
                // Where an entry cannot be read, its page is not gone: it waits.
                world.why_no_page(&url)?;
                Some(self.why_gone(file))
            }
            // A page that gave way to a redirect is still there, but for one that was a redirect.
            Some(Kind::Redirect(redirect)) => {
                let now = read(file)?;
                let was_redirect = memchr::memmem::find(&now, b"http-equiv=refresh").is_some();
                (!was_redirect).then(|| format!("`{}` takes its place", redirect.to))
            }
            Some(_) => None,
        }
    }
}

/// The address of a page by its file; `None` for other files, and for later pages of lists, which
/// come and go with what they list.
fn address(file: &str) -> Option<String> {
    let path = match file.strip_suffix("index.html") {
        Some(folder) if folder.is_empty() || folder.ends_with('/') => format!("/{folder}"),
        _ if file.ends_with(".html") => format!("/{file}"),
        _ => return None,
    };
    let mut parts = path.trim_end_matches('/').rsplit('/');
    let number = parts.next().is_some_and(|last| last.parse::<usize>().is_ok());
    let later = number && parts.next() == Some("page");
    (!later && path != "/404.html").then_some(path)
}
