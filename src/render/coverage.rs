//! Which ways through the templates no page takes: what is wrong there shows on no page yet.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use tera::{Kwargs, State, TeraResult, Value};

use crate::diag::{Code, Diagnostic, Diagnostics, Span};
use crate::minify::tera_tags;
use crate::render::engine::{Texts, bare};
use crate::render::scope::Scope;
use crate::render::{Engine, page};
use crate::theme::Template;
use crate::world::World;

/// A way through a template that no page takes.
pub(crate) const NEVER_TAKEN: Code = Code::new("template/never-taken");

/// The function that notes that a way is taken.
const TAKEN: &str = "galen_way_taken";

/// A way through a template: what follows a tag.
struct Way {
    template: usize,
    tag: Range<usize>,
}

/// Renders every page with an ear to each way through the templates; tells the ways of the site's own
/// theme that none takes.
pub fn never_taken(world: &Arc<World>, engine: &Arc<Engine>) -> Diagnostics {
    let theme = engine.theme();
    let mut ways = Vec::new();
    let texts: Vec<String> =
        theme.templates.iter().enumerate().map(|(at, it)| heard(at, &it.text, &mut ways)).collect();
    let taken: Arc<Vec<AtomicBool>> =
        Arc::new(ways.iter().map(|_| AtomicBool::new(false)).collect());
    let mut tera = bare(theme);
    let noted = Arc::clone(&taken);
    tera.register_function(TAKEN, move |args: Kwargs, _: &State| -> TeraResult<Value> {
        if let Some(way) = args.get::<u64>("way")?.and_then(|at| noted.get(at as usize)) {
            way.store(true, Ordering::Relaxed);
        }
        Ok(Value::safe_string(""))
    });
    let texts = theme.templates.iter().zip(&texts);
    let texts = texts.map(|(template, text)| (template.name.as_str(), text.as_str()));
    if tera.add_raw_templates(texts).is_err() {
        return Diagnostics::new();
    }
    let engine = Arc::new(engine.with(tera));
    let routes: Vec<_> = world.site.plan.routes.values().filter(|it| it.kind.is_page()).collect();
    routes.par_iter().for_each(|route| {
        let scope = Scope::new(world, &engine, route);
        scope.texts.set(Texts::Written);
        // What goes wrong has been told.
        let _ = page::render(&scope, route);
    });
    let first = theme.chain.first().map(|it| format!("{it}/")).unwrap_or_default();
    let missed = ways.iter().zip(taken.iter()).filter(|(_, taken)| !taken.load(Ordering::Relaxed));
    let missed = missed.filter_map(|(way, _)| {
        let template = theme.templates.get(way.template)?;
        template.name.starts_with(&first).then(|| told(template, way))
    });
    missed.collect()
}

fn told(template: &Template, way: &Way) -> Diagnostic {
    Diagnostic::warning(NEVER_TAKEN, "no page of the site goes this way through the template")
        .at(Span::new(&template.source, way.tag.clone()))
        .help("what is wrong behind it shows on no page yet: try it with an entry that needs it")
}

/// Gives a template that tells which ways through it are taken.
fn heard(template: usize, text: &str, ways: &mut Vec<Way>) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut from = 0;
    while let Some(tag) = tera_tags::next(text, from) {
        out.push_str(&text[from..tag.end]);
        if matches!(tera_tags::word(&text[tag.clone()]), "if" | "elif" | "else" | "for") {
            out.push_str(&format!("{{{{ {TAKEN}(way={}) }}}}", ways.len()));
            ways.push(Way { template, tag: tag.clone() });
        }
        from = tag.end;
    }
    out.push_str(&text[from..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_is_heard() {
        let mut ways = Vec::new();
        let text = "{% if a %}b{% elif c %}{% raw %}{% if x %}{% endraw %}{%- else -%}d{% endif %}";
        let heard = heard(7, text, &mut ways);
        assert_eq!(ways.len(), 3);
        assert!(heard.contains("{%- else -%}{{ galen_way_taken(way=2) }}d"));
        assert_eq!(&text[ways[1].tag.clone()], "{% elif c %}");
    }
}
