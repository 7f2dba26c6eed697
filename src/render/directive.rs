//! Directives in Markdown call the theme's typed components.

use tera::{ComponentArgType, Context, Tera, Value};

use crate::diag::{Code, Diagnostic};
use crate::markdown::{Argument, ArgumentValue, Directive};
use crate::minify;
use crate::render::engine::Texts;
use crate::render::{Engine, Shared, errors};
use crate::text::near;
use crate::world::Question;

/// A directive that the theme or the schema does not offer.
pub(crate) const UNKNOWN: Code = Code::new("markdown/directive-unknown");
/// An argument that a directive does not take, lacks, or cannot read.
pub(crate) const ARGUMENT: Code = Code::new("markdown/directive-argument");
/// Content where none is taken, or none where some is needed.
pub(crate) const CONTENT: Code = Code::new("markdown/directive-content");

/// A component as its signature tells it.
type Component = tera::ComponentInfo;

/// Renders a directive; nothing when something is wrong with it, which is reported.
pub(crate) fn render(
    scope: &Shared,
    directive: &Directive,
    content: Option<String>,
    allowed: Option<&[String]>,
    page: &Value,
) -> String {
    let tera = scope.engine.tera(scope.texts.get());
    let offered = scope.engine.directives();
    let may = |name: &str| allowed.is_none_or(|allowed| allowed.iter().any(|it| it == name));
    let known: Vec<&str> = offered.iter().map(String::as_str).filter(|name| may(name)).collect();
    scope.world.ask(&Question::Component(directive.name.clone()));
    let component = tera.get_component_definition(&directive.name);
    let Some(component) = component.filter(|_| known.contains(&directive.name.as_str())) else {
        let elsewhere = offered.contains(&directive.name);
        scope.report(unknown(directive, &known, elsewhere));
        return String::new();
    };
    let args = arguments(scope, directive, &component);
    let fits = check_content(scope, directive, &component, content.as_deref());
    let Some(args) = args.filter(|_| fits) else { return String::new() };
    let implicits = scope.context(page.clone());
    let body = content.as_deref();
    let name = &directive.name;
    let before = scope.shown();
    let rendered =
        |tera: &Tera| tera.render_component_with_implicits(name, &args, &implicits, body, true);
    match rendered(tera) {
        Ok(html) => unquoted(html.trim()),
        Err(error) => {
            // Once more, for the true line.
            let error = rendered(scope.engine.tera(Texts::Written)).err().unwrap_or(error);
            scope.take_back(before);
            for diagnostic in errors::in_template(&scope.engine, &error) {
                scope.report(blamed(&scope.engine, directive, diagnostic));
            }
            String::new()
        }
    }
}

/// Says which directive failed. What a template throws is meant for whoever wrote the directive.
fn blamed(engine: &Engine, directive: &Directive, error: Diagnostic) -> Diagnostic {
    let own = directive.span.clone();
    let template = error.span.clone().filter(|span| {
        let templates = &engine.theme().templates;
        let text = templates.iter().find(|it| it.source == span.source).map(|it| it.text.as_str());
        text.and_then(|it| it.get(span.start..)).is_some_and(throws)
    });
    match template {
        Some(template) => error.at(own).also(template, "the theme says so here"),
        None => error.also(own, format!("the directive `{}` is used here", directive.name)),
    }
}

/// Tells whether the code of a template that starts here throws an error of its own.
fn throws(code: &str) -> bool {
    code.trim_start_matches(['{', '-', ' ']).starts_with("throw(")
}

/// Checks the arguments against the component's; `None` when one does not fit.
fn arguments(scope: &Shared, directive: &Directive, component: &Component) -> Option<Context> {
    let mut context = Context::new();
    let mut fine = true;
    let mut refuse = |diagnostic| {
        scope.report(diagnostic);
        fine = false;
    };
    for argument in &directive.args {
        let declared =
            component.args().iter().find(|it| it.name() == argument.name && !it.is_implicit());
        let Some(declared) = declared else {
            match component.rest_param() {
                Some(_) => context.insert_value(argument.name.clone(), plain(&argument.value)),
                None => refuse(no_argument(directive, argument, component)),
            }
            continue;
        };
        match convert(&argument.value, declared.arg_type()) {
            Some(value) => context.insert_value(argument.name.clone(), value),
            None => refuse(wrong_type(argument, declared.arg_type())),
        }
    }
    for declared in component.args().iter().filter(|it| it.is_required()) {
        if !directive.args.iter().any(|it| it.name == declared.name()) {
            refuse(missing(directive, declared.name()));
        }
    }
    fine.then_some(context)
}

fn check_content(
    scope: &Shared,
    directive: &Directive,
    component: &Component,
    content: Option<&str>,
) -> bool {
    let given = content.is_some_and(|content| !content.trim().is_empty());
    let rule = component.metadata().get("body").and_then(Value::as_str).unwrap_or("none");
    let problem = match (rule, given) {
        ("none", true) => Some(no_content(directive)),
        ("required", false) => Some(needs_content(directive)),
        _ => None,
    };
    let fits = problem.is_none();
    problem.into_iter().for_each(|problem| scope.report(problem));
    fits
}

/// An argument's value as it is written.
pub(crate) fn plain(value: &ArgumentValue) -> Value {
    match value {
        ArgumentValue::Text(text) | ArgumentValue::Word(text) => Value::from(text.as_str()),
        ArgumentValue::Flag => Value::from(true),
    }
}

/// Reads an argument as the component declares it.
fn convert(value: &ArgumentValue, wanted: Option<ComponentArgType>) -> Option<Value> {
    let written = match value {
        ArgumentValue::Text(text) | ArgumentValue::Word(text) => Some(text.as_str()),
        ArgumentValue::Flag => None,
    };
    match (wanted, written) {
        (Some(ComponentArgType::Bool), None) => Some(Value::from(true)),
        (Some(ComponentArgType::Bool), Some(text)) => text.parse::<bool>().ok().map(Value::from),
        (Some(ComponentArgType::Integer), text) => text?.parse::<i64>().ok().map(Value::from),
        (Some(ComponentArgType::Float), text) => text?.parse::<f64>().ok().map(Value::from),
        (Some(ComponentArgType::Number), text) => {
            let whole = text?.parse::<i64>().ok().map(Value::from);
            whole.or_else(|| text?.parse::<f64>().ok().map(Value::from))
        }
        (Some(ComponentArgType::String), text) => text.map(Value::from),
        (None, _) => Some(plain(value)),
        _ => None,
    }
}

/// What is written into a text may go elsewhere than to a page, so it is finished here.
fn unquoted(html: &str) -> String {
    let mut bytes = html.as_bytes().to_vec();
    minify::unquote(&mut bytes);
    String::from_utf8(bytes).unwrap_or_else(|_| html.to_owned())
}

fn unknown(directive: &Directive, known: &[&str], elsewhere: bool) -> Diagnostic {
    let name = &directive.name;
    let message = match elsewhere {
        true => format!("the directive `{name}` may not be used here"),
        false => format!("there is no directive `{name}`"),
    };
    let error = Diagnostic::error(UNKNOWN, message).at(directive.name_span.clone());
    match near::did_you_mean(name, known.iter().copied()) {
        Some(hint) => error.label(hint),
        None if known.is_empty() => error.help("no directive may be used in this text"),
        None => error.help(format!("there is {}", near::all_of(known.iter().copied()))),
    }
}

fn no_argument(directive: &Directive, argument: &Argument, component: &Component) -> Diagnostic {
    let names: Vec<&str> =
        component.args().iter().filter(|it| !it.is_implicit()).map(|it| it.name()).collect();
    let message = format!("`{}` has no argument `{}`", directive.name, argument.name);
    let error = Diagnostic::error(ARGUMENT, message).at(argument.span.clone());
    match near::did_you_mean(&argument.name, names.iter().copied()) {
        Some(hint) => error.label(hint),
        None if names.is_empty() => error.help("it takes none"),
        None => error.help(format!("it takes {}", near::all_of(names))),
    }
}

fn wrong_type(argument: &Argument, wanted: Option<ComponentArgType>) -> Diagnostic {
    let wanted = match wanted {
        Some(ComponentArgType::Bool) => "`true` or `false`",
        Some(ComponentArgType::Integer) => "a whole number",
        Some(ComponentArgType::Float | ComponentArgType::Number) => "a number",
        Some(ComponentArgType::String) => "a text in quotes",
        _ => "something that cannot be written in Markdown",
    };
    Diagnostic::error(ARGUMENT, format!("`{}` must be {wanted}", argument.name))
        .at(argument.span.clone())
}

fn missing(directive: &Directive, name: &str) -> Diagnostic {
    let message = format!("`{}` needs the argument `{name}`", directive.name);
    Diagnostic::error(ARGUMENT, message)
        .at(directive.name_span.clone())
        .help(format!("write `{}{{{name}=\"…\"}}`", directive.name))
}

fn no_content(directive: &Directive) -> Diagnostic {
    let name = &directive.name;
    Diagnostic::error(CONTENT, format!("`{name}` takes no content"))
        .at(directive.name_span.clone())
        .help(format!("write it on one line, with two colons: `::{name}`"))
}

fn needs_content(directive: &Directive) -> Diagnostic {
    let name = &directive.name;
    Diagnostic::error(CONTENT, format!("`{name}` has no content"))
        .at(directive.name_span.clone())
        .help(format!("write `:::{name}`, then its content, then a line `:::`"))
}

/// Tells what a component is for; only those that say so are offered to editors.
pub(crate) fn summary(component: &Component) -> Option<&str> {
    component.metadata().get("summary").and_then(Value::as_str)
}
