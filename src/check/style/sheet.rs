//! Reading stylesheets: which rules there are, in which views they hold, what they say.

use lightningcss::declaration::DeclarationBlock;
use lightningcss::media_query::{
    MediaCondition, MediaFeature, MediaFeatureComparison, MediaFeatureId, MediaFeatureName,
    MediaFeatureValue, MediaList, MediaQuery, MediaType, Operator, Qualifier, QueryFeature,
};
use lightningcss::properties::custom::CustomPropertyName;
use lightningcss::properties::{Property, PropertyId};
use lightningcss::rules::layer::LayerName;
use lightningcss::rules::supports::SupportsCondition;
use lightningcss::rules::{CssRule, CssRuleList};
use lightningcss::stylesheet::{ParserOptions, PrinterOptions, StyleAttribute, StyleSheet};
use lightningcss::traits::ToCss;

use crate::check::style::computed::View;
use crate::check::style::selector::{Asked, Selector};
use crate::check::style::value::{self, Units};

/// How pages are looked at, the plain way first.
pub(super) const VIEWS: [View; 3] = [
    View { width: 1280.0, dark: false },
    View { width: 360.0, dark: false },
    View { width: 1280.0, dark: true },
];

const PROPERTIES: [&str; 44] = [
    "-webkit-text-fill-color",
    "background",
    "background-clip",
    "background-color",
    "background-image",
    "block-size",
    "bottom",
    "clip",
    "clip-path",
    "color",
    "color-scheme",
    "content-visibility",
    "display",
    "font",
    "font-family",
    "font-size",
    "font-weight",
    "height",
    "inline-size",
    "inset-block-start",
    "inset-inline-start",
    "left",
    "letter-spacing",
    "line-height",
    "margin-left",
    "margin-top",
    "max-block-size",
    "max-height",
    "max-inline-size",
    "max-width",
    "opacity",
    "overflow",
    "overflow-x",
    "overflow-y",
    "position",
    "right",
    "text-indent",
    "text-shadow",
    "top",
    "transform",
    "visibility",
    "white-space",
    "width",
    "word-spacing",
];

/// A declaration: name, value, and whether it is important.
pub(super) type Said = (Box<str>, Box<str>, bool);

/// A rule for elements.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) selectors: Vec<Selector>,
    pub(super) said: Vec<Said>,
    /// The views in which it holds, a bit for each.
    pub(super) views: u8,
    /// The layer's rank; rules outside of layers come last.
    pub(super) layer: u32,
    pub(super) sheet: usize,
    /// Its selector as it is written.
    pub(super) text: String,
}

/// The rules of all stylesheets, and what they ask.
#[derive(Debug, Default)]
pub(super) struct Rules {
    pub(super) asked: Asked,
    pub(super) all: Vec<Rule>,
    pub(super) schemes: bool,
    layers: Vec<String>,
    sheet: usize,
}

/// Where a rule stands.
#[derive(Clone)]
struct Around {
    views: u8,
    layer: Option<String>,
    outer: Vec<Selector>,
    text: String,
}

impl Rules {
    /// Adds the rules of a stylesheet. One that cannot be read has none: that is told elsewhere.
    pub(super) fn add(&mut self, css: &str) {
        let options = ParserOptions { error_recovery: true, ..ParserOptions::default() };
        if let Ok(sheet) = StyleSheet::parse(css, options) {
            let around =
                Around { views: 0b111, layer: None, outer: Vec::new(), text: String::new() };
            self.rules(&sheet.rules, &around);
        }
        self.schemes |= css.contains("color-scheme") || css.contains("light-dark(");
        self.sheet += 1;
    }

    /// Gives the views that differ from each other.
    pub(super) fn views(&self) -> Vec<View> {
        let differs =
            |view: usize| self.all.iter().any(|rule| rule.views >> view & 1 != rule.views & 1);
        let mut views = vec![VIEWS[0]];
        views.extend(differs(1).then_some(VIEWS[1]));
        views.extend((differs(2) || self.schemes).then_some(VIEWS[2]));
        views
    }

    fn rules(&mut self, rules: &CssRuleList, around: &Around) {
        for rule in &rules.0 {
            match rule {
                CssRule::Style(rule) => {
                    let selectors = rule.selectors.0.iter();
                    let selectors: Vec<Selector> =
                        selectors.filter_map(|it| self.asked.selector(it, &around.outer)).collect();
                    let own = rule.selectors.to_css_string(PrinterOptions::default());
                    let own = own.unwrap_or_default();
                    let text = match around.outer.is_empty() {
                        true => own,
                        false => format!("{} {own}", around.text).replace(" &", ""),
                    };
                    self.rule(&selectors, &rule.declarations, around, &text);
                    let inner = Around { outer: selectors, text, ..around.clone() };
                    self.rules(&rule.rules, &inner);
                }
                CssRule::Nesting(rule) => {
                    let list = CssRuleList(vec![CssRule::Style(rule.style.clone())]);
                    self.rules(&list, around);
                }
                CssRule::NestedDeclarations(rule) => {
                    let outer = around.outer.clone();
                    self.rule(&outer, &rule.declarations, around, &around.text.clone());
                }
                CssRule::Media(rule) => {
                    let views = around.views & views_of(&rule.query);
                    self.rules(&rule.rules, &Around { views, ..around.clone() });
                }
                CssRule::Supports(rule) if !matches!(rule.condition, SupportsCondition::Not(_)) => {
                    self.rules(&rule.rules, around);
                }
                CssRule::LayerStatement(rule) => {
                    for name in &rule.names {
                        self.layer(around, Some(name));
                    }
                }
                CssRule::LayerBlock(rule) => {
                    let layer = Some(self.layer(around, rule.name.as_ref()));
                    self.rules(&rule.rules, &Around { layer, ..around.clone() });
                }
                _ => (),
            }
        }
    }

    fn layer(&mut self, around: &Around, name: Option<&LayerName>) -> String {
        let own = match name {
            Some(name) => name.to_css_string(PrinterOptions::default()).unwrap_or_default(),
            None => format!("({})", self.layers.len()),
        };
        let path = match &around.layer {
            Some(outer) => format!("{outer}.{own}"),
            None => own,
        };
        if !self.layers.contains(&path) {
            self.layers.push(path.clone());
        }
        path
    }

    fn rule(
        &mut self,
        selectors: &[Selector],
        block: &DeclarationBlock,
        around: &Around,
        text: &str,
    ) {
        let said = declarations(block);
        if selectors.is_empty() || said.is_empty() {
            return;
        }
        let rank = |path: &String| self.layers.iter().position(|it| it == path);
        let layer = around.layer.as_ref().and_then(rank).map_or(u32::MAX, |it| it as u32);
        self.all.push(Rule {
            selectors: selectors.to_vec(),
            said,
            views: around.views,
            layer,
            sheet: self.sheet,
            text: text.to_owned(),
        });
    }
}

/// Reads a `style` attribute.
pub(super) fn inline(text: &str) -> Vec<Said> {
    let options = ParserOptions { error_recovery: true, ..ParserOptions::default() };
    StyleAttribute::parse(text, options).map_or(Vec::new(), |it| declarations(&it.declarations))
}

fn declarations(block: &DeclarationBlock) -> Vec<Said> {
    let mut said = Vec::new();
    for (property, important) in block.iter() {
        let id = property.property_id();
        let value = |property: &Property| {
            property.value_to_css_string(PrinterOptions::default()).unwrap_or_default()
        };
        if let PropertyId::Custom(CustomPropertyName::Custom(name)) = &id {
            said.push(((&*name.0).into(), value(property).into(), important));
            continue;
        }
        let name = id.name();
        let margin = Property::longhand(property, &PropertyId::MarginLeft);
        if PROPERTIES.binary_search(&name).is_ok() {
            said.push((name.into(), value(property).into(), important));
        } else if let Some(margin) = margin {
            said.push(("margin-left".into(), value(&margin).into(), important));
        }
    }
    said
}

fn views_of(list: &MediaList) -> u8 {
    let holds = |view: &View| {
        list.media_queries.is_empty() || list.media_queries.iter().any(|it| query_holds(it, view))
    };
    VIEWS.iter().enumerate().fold(0, |all, (at, view)| all | u8::from(holds(view)) << at)
}

fn query_holds(query: &MediaQuery, view: &View) -> bool {
    let kind = matches!(query.media_type, MediaType::All | MediaType::Screen);
    let holds = kind && query.condition.as_ref().is_none_or(|it| condition_holds(it, view));
    holds != (query.qualifier == Some(Qualifier::Not))
}

fn condition_holds(condition: &MediaCondition, view: &View) -> bool {
    match condition {
        MediaCondition::Feature(feature) => feature_holds(feature, view),
        MediaCondition::Not(inner) => !condition_holds(inner, view),
        MediaCondition::Operation { operator: Operator::And, conditions } => {
            conditions.iter().all(|it| condition_holds(it, view))
        }
        MediaCondition::Operation { operator: Operator::Or, conditions } => {
            conditions.iter().any(|it| condition_holds(it, view))
        }
        MediaCondition::Unknown(_) => false,
    }
}

fn feature_holds(feature: &MediaFeature, view: &View) -> bool {
    use MediaFeatureComparison as C;
    let compare =
        |name: &MediaFeatureName<MediaFeatureId>, operator: C, value: &MediaFeatureValue| {
            let own = match name {
                MediaFeatureName::Standard(MediaFeatureId::Width) => view.width,
                MediaFeatureName::Standard(MediaFeatureId::Height) => 800.0,
                _ => return false,
            };
            let MediaFeatureValue::Length(length) = value else { return false };
            let text = length.to_css_string(PrinterOptions::default()).unwrap_or_default();
            let units = Units { em: 16.0, rem: 16.0, width: view.width };
            let Some(wanted) = value::length(&text, units, 0.0) else {
                return false;
            };
            match operator {
                C::Equal => own == wanted,
                C::GreaterThan => own > wanted,
                C::GreaterThanEqual => own >= wanted,
                C::LessThan => own < wanted,
                C::LessThanEqual => own <= wanted,
            }
        };
    match feature {
        QueryFeature::Range { name, operator, value } => compare(name, *operator, value),
        QueryFeature::Interval { name, start, start_operator, end, end_operator } => {
            let turned = match start_operator {
                C::GreaterThan => C::LessThan,
                C::GreaterThanEqual => C::LessThanEqual,
                C::LessThan => C::GreaterThan,
                C::LessThanEqual => C::GreaterThanEqual,
                C::Equal => C::Equal,
            };
            compare(name, turned, start) && compare(name, *end_operator, end)
        }
        QueryFeature::Boolean { name } => matches!(
            name,
            MediaFeatureName::Standard(
                MediaFeatureId::Width
                    | MediaFeatureId::Height
                    | MediaFeatureId::Color
                    | MediaFeatureId::Hover
                    | MediaFeatureId::AnyHover
                    | MediaFeatureId::Pointer
                    | MediaFeatureId::AnyPointer
            )
        ),
        QueryFeature::Plain { name, value } => {
            if matches!(value, MediaFeatureValue::Length(_)) {
                return compare(name, C::Equal, value);
            }
            let MediaFeatureName::Standard(id) = name else { return false };
            let wanted = value.to_css_string(PrinterOptions::default()).unwrap_or_default();
            let own = match id {
                MediaFeatureId::PrefersColorScheme if view.dark => "dark",
                MediaFeatureId::PrefersColorScheme => "light",
                MediaFeatureId::PrefersReducedMotion
                | MediaFeatureId::PrefersContrast
                | MediaFeatureId::PrefersReducedTransparency => "no-preference",
                MediaFeatureId::Hover | MediaFeatureId::AnyHover => "hover",
                MediaFeatureId::Pointer | MediaFeatureId::AnyPointer => "fine",
                MediaFeatureId::Orientation if view.width > 800.0 => "landscape",
                MediaFeatureId::Orientation => "portrait",
                MediaFeatureId::ForcedColors | MediaFeatureId::InvertedColors => "none",
                MediaFeatureId::Scripting => "enabled",
                _ => return false,
            };
            wanted == own
        }
    }
}
